package io.tollgate.limiter;

import static io.tollgate.contract.config.FailPolicy.CLOSED;
import static io.tollgate.contract.config.FailPolicy.OPEN;
import static io.tollgate.contract.config.StoreConfig.NODE;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.tollgate.contract.limiter.Admission.Unavailable;
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
import org.slf4j.LoggerFactory;

/** Rules in several stores, of which some can't be reached. */
class StoreOutageTest {
  private static final String AWAY = "away";
  private static final String HERE = "higress-token-ratelimit:here:global_threshold:60";

  @TempDir static Path directory;
  private static RedisFixture redis;
  private static RedisLink away;
  private static RedisLink second;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.start(directory);
    away =
        open(
            AWAY,
            new RedisEndpoint(
                "redis://127.0.0.1:" + FreePorts.next(), null, null, 0, Duration.ofMillis(500)));
    RedisEndpoint first = redis.endpoint();
    second =
        open(
            "second",
            new RedisEndpoint(first.uri(), first.user(), first.password(), 1, first.timeout()));
  }

  @AfterAll
  static void stop() throws Exception {
    redis.on(away::close);
    redis.on(second::close);
    redis.close();
  }

  @BeforeEach
  void empty() throws Exception {
    redis.send(Command.FLUSHALL);
  }

  @Test
  void limits_in_two_stores_are_taken_together_and_settled_in_both() throws Exception {
    RedisLimiter limiter =
        limiter(global("here", 100, NODE, OPEN), global("there", 50, "second", OPEN));

    Admitted admitted = (Admitted) admit(limiter, "1", 20);
    redis.on(() -> limiter.settle(Asks.used("1", 30, admitted.holds())));

    assertThat(admitted.holds())
        .extracting(LimitHold::store, LimitHold::tokens)
        .containsExactly(tuple(NODE, 20L), tuple("second", 20L));
    assertThat(admitted.tightest().limit()).isEqualTo(50);
    assertThat(redis.get(HERE)).isEqualTo("30");
    assertThat(
            redis
                .on(
                    () ->
                        second.send(
                            Command.GET, "higress-token-ratelimit:there:global_threshold:60"))
                .toString())
        .isEqualTo("30");
  }

  @Test
  void what_one_store_took_is_freed_when_another_refuses() throws Exception {
    RedisLimiter limiter =
        limiter(global("here", 100, NODE, OPEN), global("there", 50, "second", OPEN));
    admit(limiter, "1", 50);

    Admission refusal = admit(limiter, "2", 20);

    assertThat(refusal)
        .isInstanceOfSatisfying(
            Throttled.class,
            spent -> assertThat(spent.rule()).isEqualTo("there/global_threshold/60s"));
    assertThat(heldHere(50)).isEqualTo(50);
  }

  @Test
  void the_first_spent_rule_in_the_order_of_the_configuration_is_named() throws Exception {
    RedisLimiter limiter =
        limiter(
            global("first", 50, "second", OPEN),
            global("here", 50, NODE, OPEN),
            global("third", 50, "second", OPEN));
    admit(limiter, "1", 50);

    assertThat(((Throttled) admit(limiter, "2", 20)).rule()).startsWith("first/");
  }

  @Test
  void a_rule_that_fails_open_lets_pass_tells_so_and_settles_later() throws Exception {
    RedisLimiter limiter = limiter(global("here", 100, NODE, OPEN), global("gone", 50, AWAY, OPEN));

    Admitted admitted = (Admitted) admit(limiter, "1", 20);

    LimitHold unheld = admitted.holds().get(1);
    assertThat(unheld.store()).isEqualTo(AWAY);
    assertThat(unheld.window()).isEmpty();
    assertThat(unheld.tokens()).isZero();
    assertThat(admitted.tightest().limit()).isEqualTo(100);
    assertThat(redis.meters.counter("tollgate.limit.failopen", "rule", "gone").count())
        .isPositive();
    assertThatThrownBy(() -> redis.on(() -> limiter.settle(Asks.used("1", 30, admitted.holds()))))
        .hasRootCauseInstanceOf(StoreFault.class);
    assertThat(redis.get(HERE)).as("the store that is there has confirmed").isEqualTo("30");
  }

  @Test
  void a_rule_that_fails_closed_refuses_and_frees_what_others_took() throws Exception {
    RedisLimiter limiter =
        limiter(global("here", 100, NODE, OPEN), global("gone", 50, AWAY, CLOSED));

    Admission refusal = admit(limiter, "1", 20);

    assertThat(refusal)
        .isInstanceOfSatisfying(
            Unavailable.class,
            unavailable -> {
              assertThat(unavailable.rule()).isEqualTo("gone");
              assertThat(unavailable.retryAfterMillis()).isPositive();
            });
    assertThat(heldHere(0)).isZero();
  }

  @Test
  void a_spent_limit_is_told_rather_than_an_outage() throws Exception {
    RedisLimiter limiter =
        limiter(global("gone", 50, AWAY, CLOSED), global("here", 10, NODE, OPEN));
    redis.send(Command.SET, HERE, "10", "EX", "60");

    assertThat(admit(limiter, "1", 20)).isInstanceOf(Throttled.class);
  }

  @Test
  void an_outage_is_logged_once_with_the_rules_name_and_counted_each_time() throws Exception {
    RedisLimiter limiter = limiter(global("quiet", 50, AWAY, OPEN));
    Logger logger = (Logger) LoggerFactory.getLogger(Outages.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);

    for (int i = 0; i < 5; i++) {
      admit(limiter, "q" + i, 1);
    }

    logger.detachAppender(lines);
    assertThat(lines.list)
        .singleElement()
        .satisfies(line -> assertThat(line.getFormattedMessage()).contains("rule quiet"));
    assertThat(redis.meters.counter("tollgate.limit.failopen", "rule", "quiet").count())
        .isEqualTo(5);
  }

  @Test
  void usage_for_a_store_that_no_rule_uses_any_more_is_acknowledged() throws Exception {
    RedisLimiter limiter = limiter(global("here", 100, NODE, OPEN));
    LimitHold hold = ((Admitted) admit(limiter, "1", 20)).holds().getFirst();
    LimitHold elsewhere = new LimitHold("removed", hold.key(), hold.terms(), hold.window(), 20);

    assertThat(redis.on(() -> limiter.settle(Asks.used("1", 5, List.of(hold, elsewhere)))))
        .isEqualTo(Acknowledged.YES);
    assertThat(redis.get(HERE)).isEqualTo("5");
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

  private static RedisLink open(String id, RedisEndpoint endpoint) throws Exception {
    return redis.on(
        () -> {
          RedisLink link = RedisLink.open(redis.vertx, id, endpoint, redis.meters);
          return link.firstAttempt().map(tried -> link);
        });
  }

  private static RedisLimiter limiter(LimitBlock... blocks) {
    CounterNames names = Limiters.names();
    return Limiters.limiter(
        redis,
        Limiters.rules(blocks),
        Limiters.standIn(),
        Map.of(
            NODE,
            new CounterStore(redis.link, names),
            AWAY,
            new CounterStore(away, names),
            "second",
            new CounterStore(second, names)));
  }
}
