package io.tollgate.bench.accuracy;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes up calls of one lane, the same for the same seed. Confined to one thread. */
final class CallPlanner {
  private static final List<String> MODELS = List.of("gpt-4o", "qwen-max", "deepseek-chat");
  private static final List<String> SENTENCES =
      List.of(
          "What does the keeper of the gate ask of those who pass? ",
          "Please list three rivers and the towns on them. ",
          "过桥要付多少钱？请简单回答。",
          "Explain why 3.14159 is not exactly pi. ",
          "def toll(tokens): return tokens * 2\n");

  /** Of all answers, this part has up to {@link Lane#mostTokens()}; the others a quarter of it. */
  private static final double LONG = 0.2;

  private static final double FILLER = 0.7;

  private final Lane lane;
  private final Consumers consumers;
  private final Random random;
  private int serial;

  CallPlanner(Lane lane, Consumers consumers, long seed) {
    this.lane = lane;
    this.consumers = consumers;
    this.random = new Random(seed);
  }

  CallPlan next() {
    int number = serial++;
    Mix mix = lane.mix();
    boolean shared = happens(mix.shared());
    boolean stream = happens(mix.streams());
    int tokens =
        1 + random.nextInt(happens(LONG) ? lane.mostTokens() : Math.max(1, lane.mostTokens() / 4));
    Integer exactly = happens(FILLER) ? tokens : null;
    int length = exactly == null ? 40 : tokens;
    String fault = fault(length);
    boolean leaves = happens(mix.leave());
    boolean beforeHead = leaves && (!stream || happens(0.1));
    return new CallPlan(
        lane.name() + "-" + number,
        lane.name(),
        shared
            ? consumers.shared(lane, random.nextInt(consumers.sharedCount()))
            : consumers.own(lane, number),
        lane.cap() == null ? MODELS.get(random.nextInt(MODELS.size())) : lane.name(),
        SENTENCES.get(random.nextInt(SENTENCES.size())).repeat(1 + random.nextInt(20)),
        stream,
        random.nextBoolean(),
        exactly,
        fault,
        leaves && !beforeHead ? random.nextInt(length + 1) : null,
        beforeHead ? 1 + random.nextInt(200) : null);
  }

  private @Nullable String fault(int length) {
    double draw = random.nextDouble();
    int place = random.nextInt(length);
    Mix mix = lane.mix();
    if ((draw -= mix.breaks()) < 0) {
      return "break-after=" + place;
    }
    if ((draw -= mix.stall()) < 0) {
      return "stall-after=" + place;
    }
    if ((draw -= mix.noUsage()) < 0) {
      return "no-usage";
    }
    if ((draw -= mix.error()) < 0) {
      return "status=" + List.of(429, 500, 503).get(random.nextInt(3));
    }
    if ((draw -= mix.delay()) < 0) {
      return "delay=500";
    }
    return draw - mix.split() < 0 ? "split=" + (1 + place) : null;
  }

  private boolean happens(double part) {
    return random.nextDouble() < part;
  }
}
