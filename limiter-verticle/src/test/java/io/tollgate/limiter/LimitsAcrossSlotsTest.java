package io.tollgate.limiter;

import static io.tollgate.contract.config.FailPolicy.OPEN;
import static io.tollgate.contract.config.StoreConfig.NODE;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request's limits lie on three masters of a Redis Cluster: it takes all of them or none. */
class LimitsAcrossSlotsTest {
  private static final List<String> RULES = List.of("a", "b", "c", "d", "e", "f");

  @TempDir static Path directory;
  private static RedisFixture redis;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.startCluster(directory, 3);
  }

  @AfterAll
  static void stop() throws Exception {
    redis.close();
  }

  @Test
  void all_are_taken_renewed_and_settled() throws Exception {
    RedisLimiter limiter = limiter("all-", 100);
    Admitted admitted = (Admitted) redis.on(() -> limiter.admit(request("1").estimate(20).ask()));

    assertThat(admitted.holds())
        .hasSize(RULES.size())
        .extracting(LimitHold::tokens)
        .containsOnly(20L);
    redis.on(() -> limiter.renew(Asks.open("1", 7, admitted.holds())));
    for (String rule : RULES) {
      assertThat(redis.held(counter("all-" + rule))).isEqualTo(20);
    }

    redis.on(() -> limiter.settle(Asks.used("1", 30, admitted.holds())));
    redis.on(() -> limiter.settle(Asks.used("1", 30, admitted.holds())));
    for (String rule : RULES) {
      assertThat(redis.get(counter("all-" + rule))).isEqualTo("30");
      assertThat(redis.held(counter("all-" + rule))).isZero();
    }
  }

  @Test
  void when_one_refuses_the_others_are_given_back() throws Exception {
    RedisLimiter one = limiter(List.of(rule("none-d", 10)));
    Admitted spender = (Admitted) redis.on(() -> one.admit(request("1").estimate(10).ask()));
    redis.on(() -> one.settle(Asks.used("1", 12, spender.holds())));

    List<LimitBlock> blocks = new ArrayList<>();
    RULES.forEach(rule -> blocks.add(rule("none-" + rule, rule.equals("d") ? 10 : 100)));
    Admission refused = redis.on(() -> limiter(blocks).admit(request("2").estimate(20).ask()));

    assertThat(refused)
        .isInstanceOfSatisfying(
            Throttled.class, throttled -> assertThat(throttled.rule()).contains("none-d"));
    for (String rule : RULES) {
      assertThat(givenBack(counter("none-" + rule))).as(rule).isTrue();
    }
  }

  @Test
  void of_fifty_at_once_none_passes_more_than_the_tightest_allows() throws Exception {
    List<LimitBlock> blocks = new ArrayList<>();
    RULES.forEach(rule -> blocks.add(rule("rush-" + rule, rule.equals("b") ? 100 : 1000)));
    RedisLimiter limiter = limiter(blocks);

    List<Future<Admission>> answers = new ArrayList<>();
    redis.on(
        () -> {
          for (int i = 0; i < 50; i++) {
            answers.add(limiter.admit(request("rush-" + i).estimate(30).ask()));
          }
          return Future.all(answers);
        });

    assertThat(answers.stream().filter(a -> a.result() instanceof Admitted)).hasSize(4);
    assertThat(redis.held(counter("rush-b"))).isEqualTo(100);
  }

  private static boolean givenBack(String counter) throws Exception {
    for (int i = 0; i < 100; i++) {
      Long held = redis.held(counter);
      if (held == null || Objects.equals(held, 0L)) {
        return true;
      }
      redis.on(() -> redis.vertx.timer(50));
    }
    return false;
  }

  private static String counter(String rule) {
    return "higress-token-ratelimit:" + rule + ":global_threshold:60";
  }

  private static LimitBlock rule(String name, long tokens) {
    return in(NODE, OPEN, block(name, LimitTerms.fixed(tokens, 60)));
  }

  private static RedisLimiter limiter(String prefix, long tokens) {
    return limiter(RULES.stream().map(rule -> rule(prefix + rule, tokens)).toList());
  }

  private static RedisLimiter limiter(List<LimitBlock> blocks) {
    return Limiters.limiter(redis, Limiters.rules(blocks.toArray(LimitBlock[]::new)));
  }
}
