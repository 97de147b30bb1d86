package io.tollgate.limiter;

import static io.tollgate.contract.config.FailPolicy.CLOSED;
import static io.tollgate.contract.config.FailPolicy.OPEN;
import static io.tollgate.contract.config.FailPolicy.SHARE;
import static io.tollgate.contract.config.StoreConfig.NODE;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.tollgate.contract.limiter.Admission.Unavailable;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.store.FreePorts;
import io.tollgate.store.RedisEndpoint;
import io.tollgate.store.RedisLink;
import io.tollgate.store.StoreFault;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules that go by a node's part of them while their store is away, and rules beside them. */
class ShareTest {
  private static final String AWAY = "away";
  private static final String HERE = "higress-token-ratelimit:here:global_threshold:60";

  @TempDir static Path directory;
  private static RedisFixture redis;
  private static RedisLink away;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.start(directory);
    RedisEndpoint nowhere =
        new RedisEndpoint(
            "redis://127.0.0.1:" + FreePorts.next(), null, null, 0, Duration.ofMillis(500));
    away =
        redis.on(
            () -> {
              RedisLink link = RedisLink.open(redis.vertx, AWAY, nowhere, redis.meters);
              return link.firstAttempt().map(tried -> link);
            });
  }

  @AfterAll
  static void stop() throws Exception {
    redis.on(away::close);
    redis.close();
  }

  @BeforeEach
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @Test
  void a_shared_rule_admits_its_part_and_refuses_as_exactly_as_with_a_store() throws Exception {
    RedisLimiter limiter = limiter(4, global("gone", 100, AWAY, SHARE));

    Admitted first = (Admitted) admit(limiter, "1", 20);
    Admitted second = (Admitted) admit(limiter, "2", 20);
    Throttled refusal = (Throttled) admit(limiter, "3", 1);

    LimitHold unheld = first.holds().getFirst();
    assertThat(unheld.window()).as("nothing is held in the store").isEmpty();
    assertThat(unheld.tokens()).isZero();
    assertThat(first.tightest()).isEqualTo(new Admission.Standing(100, 5, 60_000));
    assertThat(second.tightest().remaining()).isZero();
    assertThat(refusal.rule()).isEqualTo("gone/global_threshold/60s");
    assertThat(refusal.limit()).isEqualTo(100);
    assertThat(refusal.part()).isEqualTo(25);
    assertThat(refusal.used()).isZero();
    assertThat(refusal.held()).isEqualTo(40);
    assertThat(refusal.resetMillis()).isBetween(1L, 60_000L);
  }

  @ParameterizedTest
  @CsvSource({
    // the rule in the store that is there, the rule that is away, and another that is away
    "OPEN,  SHARE, OPEN,   admitted",
    "OPEN,  SHARE, SHARE,  admitted",
    "SHARE, OPEN,  OPEN,   admitted",
    "OPEN,  SHARE, CLOSED, unavailable",
    "SHARE, CLOSED, SHARE, unavailable",
  })
  void one_request_takes_all_or_nothing(
      FailPolicy near, FailPolicy gone, FailPolicy alsoGone, String expected) throws Exception {
    NodeParts parts = new NodeParts();
    RedisLimiter limiter =
        limiter(
            parts,
            2,
            global("here", 100, NODE, near),
            global("gone", 100, AWAY, gone),
            global("also", 100, AWAY, alsoGone));

    Admission answer = admit(limiter, "1", 20);

    if (expected.equals("admitted")) {
      assertThat(answer)
          .isInstanceOfSatisfying(
              Admitted.class, admitted -> assertThat(admitted.holds()).hasSize(3));
      assertThat(redis.held(HERE)).isEqualTo(20);
    } else {
      assertThat(answer).isInstanceOf(Unavailable.class);
      assertThat(heldHere(0)).isZero();
      String shared = gone == SHARE ? "gone" : "also";
      RedisLimiter alone = limiter(parts, 2, global(shared, 100, AWAY, SHARE));
      assertThat(((Admitted) admit(alone, "2", 20)).tightest().remaining())
          .as("the refused request holds nothing of the part")
          .isEqualTo(30);
    }
  }

  @Test
  void a_spent_part_frees_what_the_store_took() throws Exception {
    RedisLimiter limiter =
        limiter(2, global("here", 100, NODE, OPEN), global("gone", 20, AWAY, SHARE));
    admit(limiter, "1", 10);

    assertThat(admit(limiter, "2", 10))
        .isInstanceOfSatisfying(Throttled.class, spent -> assertThat(spent.part()).isEqualTo(10));
    assertThat(heldHere(10)).isEqualTo(10);
  }

  @Test
  void a_spent_counter_leaves_the_part_alone() throws Exception {
    NodeParts parts = new NodeParts();
    RedisLimiter limiter =
        limiter(parts, 1, global("here", 10, NODE, OPEN), global("gone", 20, AWAY, SHARE));
    redis.send(Command.SET, HERE, "10", "EX", "60");
    assertThat(admit(limiter, "1", 20))
        .isInstanceOfSatisfying(Throttled.class, spent -> assertThat(spent.part()).isNull());

    RedisLimiter goneOnly = limiter(parts, 1, global("gone", 20, AWAY, SHARE));
    assertThat(((Admitted) admit(goneOnly, "2", 5)).tightest().remaining()).isEqualTo(15);
  }

  @Test
  void what_the_store_said_last_is_what_is_divided() throws Exception {
    NodeParts parts = new NodeParts();
    RedisLimiter before = limiter(parts, 2, global("here", 100, NODE, SHARE));
    LimitHold hold = ((Admitted) admit(before, "1", 40)).holds().getFirst();
    redis.on(() -> before.settle(Asks.used("1", 60, List.of(hold))));
    LimitHold other = ((Admitted) admit(before, "2", 20)).holds().getFirst();
    redis.on(() -> before.settle(Asks.used("2", 20, List.of(other))));

    // The same store, whose link is down from here on.
    RedisLimiter after = withoutStore(parts, 2, global("here", 100, NODE, SHARE));

    Admitted admitted = (Admitted) admit(after, "3", 4);
    assertThat(admitted.tightest().limit()).isEqualTo(100);
    assertThat(admitted.tightest().remaining()).as("(100 - 60 - 20) / 2 - 4").isEqualTo(6);
  }

  @Test
  void what_was_admitted_by_a_part_is_billed_in_the_store_exactly_once() throws Exception {
    NodeParts parts = new NodeParts();
    RedisLimiter down = withoutStore(parts, 1, global("here", 100, NODE, SHARE));
    Admitted admitted = (Admitted) admit(down, "1", 20);
    assertThatThrownBy(() -> redis.on(() -> down.settle(Asks.used("1", 33, admitted.holds()))))
        .hasRootCauseInstanceOf(StoreFault.class);

    RedisLimiter back = limiter(parts, 1, global("here", 100, NODE, SHARE));
    for (int i = 0; i < 2; i++) {
      assertThat(redis.on(() -> back.settle(Asks.used("1", 33, admitted.holds()))))
          .isEqualTo(Acknowledged.YES);
    }

    assertThat(redis.get(HERE)).isEqualTo("33");
    assertThat(redis.held(HERE)).isZero();
  }

  @Test
  void a_part_of_a_bucket_refills_and_tells_when() throws Exception {
    LimitTerms terms =
        new LimitTerms(Algorithm.TOKEN_BUCKET, Period.ofSeconds(60), Count.TOTAL, 60, 30);
    RedisLimiter limiter = limiter(3, in(AWAY, SHARE, block("gone", terms)));

    Admitted first = (Admitted) admit(limiter, "1", 10);
    Throttled refusal = (Throttled) admit(limiter, "2", 1);

    assertThat(first.tightest()).isEqualTo(new Admission.Standing(30, 0, 30_000));
    assertThat(refusal.part()).isEqualTo(10);
    assertThat(refusal.resetMillis())
        .as("a token of this node's part, not the whole period")
        .isBetween(1L, 3000L);
  }

  @Test
  void what_is_in_progress_when_the_store_goes_away_counts_on_the_part_until_it_ends()
      throws Exception {
    NodeParts parts = new NodeParts();
    LimitBlock running = in(NODE, SHARE, block("here", LimitTerms.concurrent(4)));
    RedisLimiter before = limiter(parts, 2, running);
    List<LimitHold> first = ((Admitted) admit(before, "1", 20)).holds();
    List<LimitHold> second = ((Admitted) admit(before, "2", 20)).holds();

    RedisLimiter after = withoutStore(parts, 2, running);
    assertThat(admit(after, "3", 20)).isInstanceOf(Admitted.class);
    Throttled refusal = (Throttled) admit(after, "4", 20);
    assertThat(refusal.part()).as("its own two, and half of what is free").isEqualTo(3);
    assertThat(refusal.held()).isEqualTo(3);
    assertThat(refusal.resetMillis()).isEqualTo(1000);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> redis.on(() -> after.settle(Asks.used("1", 33, first))))
          .hasRootCauseInstanceOf(StoreFault.class);
    }
    assertThat(admit(after, "4", 20)).isInstanceOf(Admitted.class);
    assertThat(admit(after, "5", 20)).isInstanceOf(Throttled.class);
    redis.on(() -> before.settle(Asks.used("2", 1, second)));
    assertThat(admit(after, "5", 20)).isInstanceOf(Admitted.class);
  }

  @Test
  void a_request_that_another_rule_refuses_is_not_in_progress() throws Exception {
    NodeParts parts = new NodeParts();
    LimitBlock running = in(NODE, SHARE, block("here", LimitTerms.concurrent(2)));
    RedisLimiter both = limiter(parts, 1, running, global("gone", 100, AWAY, CLOSED));
    assertThat(admit(both, "1", 20)).isInstanceOf(Unavailable.class);
    assertThat(admit(both, "2", 20)).isInstanceOf(Unavailable.class);
    // What was taken is given back on the same connection.
    redis.send(Command.PING);

    RedisLimiter away = withoutStore(parts, 1, running);
    int admitted = 0;
    Admission answer = admit(away, "first", 20);
    for (; answer instanceof Admitted && admitted < 9; answer = admit(away, "a" + admitted, 20)) {
      admitted++;
    }
    assertThat(((Throttled) answer).held()).isEqualTo(admitted).isPositive();
  }

  /** What is held in the near store, as soon as it is what is expected, or after five seconds. */
  private static Long heldHere(long expected) throws Exception {
    Long held = redis.held(HERE);
    for (int i = 0; i < 100 && !Objects.equals(held, expected); i++) {
      held = redis.held(HERE);
      redis.on(() -> redis.vertx.timer(50));
    }
    return held;
  }

  private static Admission admit(RedisLimiter limiter, String id, long estimate) throws Exception {
    return redis.on(() -> limiter.admit(request(id).estimate(estimate).ask()));
  }

  private static LimitBlock global(String name, long tokens, String store, FailPolicy fail) {
    return in(store, fail, block(name, LimitTerms.fixed(tokens, 60)));
  }

  private static RedisLimiter limiter(int nodes, LimitBlock... blocks) {
    return limiter(new NodeParts(), nodes, blocks);
  }

  private static RedisLimiter limiter(NodeParts parts, int nodes, LimitBlock... blocks) {
    return limiter(parts, nodes, redis.link, blocks);
  }

  private static RedisLimiter withoutStore(NodeParts parts, int nodes, LimitBlock... blocks) {
    return limiter(parts, nodes, away, blocks);
  }

  private static RedisLimiter limiter(
      NodeParts parts, int nodes, RedisLink near, LimitBlock... blocks) {
    CounterNames names = Limiters.names();
    return Limiters.limiter(
        redis,
        Limiters.rules(blocks),
        Limiters.standIn(parts, nodes),
        Map.of(NODE, new CounterStore(near, names), AWAY, new CounterStore(away, names)));
  }
}
