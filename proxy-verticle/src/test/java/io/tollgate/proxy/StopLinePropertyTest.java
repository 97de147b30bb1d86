package io.tollgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Streams at once on one counter, by a clock of their own: each hears what is left once a second,
 * and every tenth of a second while its line is near.
 */
class StopLinePropertyTest {
  private static final int LIMIT = 3000;
  private static final int TICK_MILLIS = 100;
  private static final int STEP_MILLIS = 10;

  /** One stream that writes at a steady pace. */
  private static final class Stream {
    private final StopLine line = new StopLine(new Tab(), 0);
    private final HeldLimit held;
    private final int tokensPerSecond;
    private double written;
    private long stamp;
    private boolean stopped;

    Stream(int tokensPerSecond) {
      this.held = FakeServices.stopping(Count.OUTPUT, LIMIT);
      this.tokensPerSecond = tokensPerSecond;
      line.addLimits(List.of(held));
    }

    long used() {
      return (long) written;
    }

    void write() {
      written += tokensPerSecond * STEP_MILLIS / 1000.0;
      stopped = line.isReached(TokenUsage.of(0, used()));
    }

    /** What counts until it is settled, with what it has used. */
    long counted() {
      return stopped ? used() : Math.max(held.hold().tokens(), stamp);
    }

    void hear(long counted, long nowMillis) {
      List<LimitHold> holds = List.of(held.hold());
      long left = LIMIT - (counted - counted()) - held.hold().tokens();
      line.asked(holds);
      long nowNanos = Duration.ofMillis(nowMillis).toNanos();
      line.renewed(holds, List.of(left), TokenUsage.of(0, used()), nowNanos);
    }
  }

  @Property(tries = 300)
  void streams_pass_their_line_by_what_they_write_between_two_words(
      @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 20, max = 150) Integer> paces,
      @ForAll @IntRange(min = 0, max = 9) int tick) {
    List<Stream> streams = new ArrayList<>();
    paces.forEach(pace -> streams.add(new Stream(pace)));
    int together = paces.stream().mapToInt(Integer::intValue).sum();

    int words = 0;
    for (int now = tick * TICK_MILLIS;
        streams.stream().anyMatch(each -> !each.stopped);
        now += STEP_MILLIS) {
      List<Stream> open = streams.stream().filter(each -> !each.stopped).toList();
      open.forEach(Stream::write);
      if (now % TICK_MILLIS == 0) {
        boolean renewsAll = now % 1000 == 0;
        List<Stream> due = open.stream().filter(each -> renewsAll || each.line.isNear()).toList();
        due.forEach(each -> each.stamp = each.used());
        long counted = streams.stream().mapToLong(Stream::counted).sum();
        for (Stream each : due) {
          each.hear(counted, now);
          words++;
        }
      }
    }

    long seconds = LIMIT / together + 1;
    assertThat(used(streams))
        .isBetween(
            (long) LIMIT - streams.size(),
            LIMIT + together * (TICK_MILLIS + 2L * STEP_MILLIS) / 1000 + streams.size());
    assertThat(words)
        .as("a word a second, some at the beginning and those of the last seconds")
        .isLessThanOrEqualTo((int) (streams.size() * (seconds + 3 + 7 * 1000 / TICK_MILLIS)));
  }

  private static long used(List<Stream> streams) {
    return streams.stream().mapToLong(Stream::used).sum();
  }
}
