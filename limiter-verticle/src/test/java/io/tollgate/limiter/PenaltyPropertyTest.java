package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.Penalty;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.tokens.Estimate;
import io.vertx.redis.client.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Penalties of the script against {@link PenaltyModel}, by a clock of our own. */
class PenaltyPropertyTest {
  private static final Penalty PENALTY =
      new Penalty(
          3,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          1.5,
          Duration.ofSeconds(100),
          Duration.ofSeconds(200));
  private static final LimitTerms TERMS = LimitTerms.fixed(1, 86_400);
  private static final String COUNTER = "higress-token-ratelimit:r:global_threshold:86400";

  private static Path directory;
  private static RedisFixture redis;
  private static ScriptClock clock;
  private static CounterStore store;
  private int asked;

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("penalty");
    redis = RedisFixture.start(directory);
    clock = new ScriptClock(redis);
    store =
        new CounterStore(
            redis.link,
            new CounterNames(KnownKeys.of(List.of())),
            CounterTimes.USUAL,
            ScriptClock.scripts());
  }

  @AfterContainer
  static void stop() throws Exception {
    redis.close();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 60)
  void a_key_is_refused_as_long_as_the_model_says(@ForAll("pauses") List<Long> pauses)
      throws Exception {
    redis.send(Command.FLUSHALL);
    clock.set(1_700_000_000_123L);
    PenaltyModel model = new PenaltyModel(PENALTY);
    spend();
    for (long pause : pauses) {
      clock.pass(pause);
      long lasts = model.left(clock.now());
      model.refuse(clock.now());
      LimitOutcome.Spent spent = (LimitOutcome.Spent) ask(PENALTY);
      long penalty = model.left(clock.now());
      assertThat(spent.penalty()).isEqualTo(penalty > 0);
      if (lasts > 0) {
        assertThat(penalty).as("asking prolongs nothing").isEqualTo(lasts);
      }
      if (penalty > 0) {
        assertThat(spent.waitMillis()).isGreaterThanOrEqualTo(penalty);
      }
      // With room the penalty alone decides.
      String used = redis.get(COUNTER);
      redis.send(Command.SET, COUNTER, "0", "KEEPTTL");
      LimitOutcome outcome = ask(PENALTY);
      if (penalty > 0) {
        model.refuse(clock.now());
        assertThat(((LimitOutcome.Spent) outcome).waitMillis()).isEqualTo(penalty);
      } else {
        settle(((LimitOutcome.Taken) outcome).hold());
      }
      redis.send(Command.SET, COUNTER, used, "KEEPTTL");
    }
  }

  @Provide
  static Arbitrary<List<Long>> pauses() {
    return Arbitraries.oneOf(
            Arbitraries.longs().between(1, 1000),
            Arbitraries.longs().between(1, 40_000),
            Arbitraries.longs().between(1, 350_000))
        .list()
        .ofMaxSize(25);
  }

  private void spend() throws Exception {
    settle(((LimitOutcome.Taken) ask(PENALTY)).hold());
    redis.send(Command.SET, COUNTER, "5", "KEEPTTL");
  }

  private void settle(LimitHold hold) throws Exception {
    redis.on(() -> store.settle(new SettleCall.Question("p" + asked, 0, List.of(hold), each -> 0)));
  }

  private LimitOutcome ask(Penalty penalty) throws Exception {
    LimitBlock block = Blocks.punishing(penalty, Blocks.block("r", TERMS));
    LimitKey key = new LimitKey("r", LimitType.GLOBAL_THRESHOLD, TERMS.label(), "", null);
    Limit limit = new Limit(key, COUNTER, TERMS, Rate.usual(List.of(TERMS)), block);
    String id = "p" + ++asked;
    return redis
        .on(() -> store.admit(new AdmitCall.Question(id, new Estimate(1, 0), List.of(limit))))
        .getFirst()
        .outcome();
  }
}
