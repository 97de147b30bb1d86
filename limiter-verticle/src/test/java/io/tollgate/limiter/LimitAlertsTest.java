package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.wire.Wire;
import io.tollgate.store.RedisLink;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with one Redis: who is told of what is used, and how often. */
class LimitAlertsTest {
  private static final String ANN =
      "higress-token-ratelimit:r:limit_by_per_consumer:60:x-mse-consumer:ann";

  private static final Duration LIFE = Duration.ofSeconds(1);

  @TempDir Path directory;

  private RedisFixture redis;
  private RedisLink otherLink;
  private final List<Alert> raised = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    redis = RedisFixture.start(directory);
    Wire.register(redis.vertx);
    otherLink = redis.anotherLink();
  }

  @AfterEach
  void stop() throws Exception {
    redis.on(otherLink::close);
    redis.close();
  }

  @Test
  void each_level_is_told_once_by_whichever_node_sees_it_first() throws Exception {
    LimitBlock rule = alerting(perConsumer(100), 50, 80, 100);
    RedisLimiter one = node("one", redis.link, rule);
    RedisLimiter other = node("other", otherLink, rule);

    spend(one, "a", 49);
    admit(one, "b");
    assertThat(raised).isEmpty();

    spend(other, "c", 1);
    everybodyAsks(one, other, "d");
    assertThat(levels()).containsExactly(50);

    spend(one, "e", 60);
    everybodyAsks(one, other, "f");
    assertThat(levels()).containsExactly(50, 80, 100);
    assertThat(raised)
        .allSatisfy(
            alert -> {
              assertThat(alert.kind()).isEqualTo(Alert.Kind.LIMIT);
              assertThat(alert.rule()).isEqualTo("r/limit_by_per_consumer:x-mse-consumer/60s");
              assertThat(alert.subject()).isEqualTo("ann");
              assertThat(alert.limit()).isEqualTo(100);
              assertThat(alert.used()).isGreaterThanOrEqualTo(alert.level());
              assertThat(alert.unit()).isEqualTo("tokens");
              assertThat(alert.shadow()).isFalse();
            });
    assertThat(raised).extracting(Alert::id).doesNotHaveDuplicates();
    assertThat(redis.meters.find("tollgate.alerts").counters())
        .allSatisfy(counter -> assertThat(counter.count()).isEqualTo(1))
        .extracting(counter -> counter.getId().getTag("level"))
        .containsExactlyInAnyOrder("50", "80", "100");
  }

  @Test
  void what_the_last_request_of_a_window_reaches_is_told_with_its_settlement() throws Exception {
    LimitBlock rule = alerting(perConsumer(100), 50, 80, 100);
    RedisLimiter one = node("one", redis.link, rule);
    RedisLimiter other = node("other", otherLink, rule);
    Admitted admitted = (Admitted) admit(one, "a");

    redis.on(() -> other.settle(Asks.used("a", 85, admitted.holds())));
    redis.on(() -> one.settle(Asks.used("a", 85, admitted.holds())));
    settled();

    assertThat(raised)
        .extracting(Alert::level, Alert::used, Alert::limit, Alert::subject)
        .containsExactly(tuple(50, 85L, 100L, "ann"), tuple(80, 85L, 100L, "ann"));
    assertThat(redis.millisToLive("{" + ANN + "}:alert:80")).isBetween(1L, 60_000L);
  }

  @Test
  void a_request_that_is_refused_by_another_rule_tells_nothing_of_what_it_gives_back()
      throws Exception {
    LimitBlock told = alerting(perConsumer(100), 1);
    LimitBlock spent = block("spent", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 0));
    RedisLimiter limiter = node("one", redis.link, told, spent);

    assertThat(admit(limiter, "a")).isInstanceOf(Admission.Throttled.class);

    assertThat(raised).isEmpty();
  }

  @Test
  void what_is_told_is_forgotten_with_its_window() throws Exception {
    LimitBlock rule = alerting(perConsumer(100), 50);
    RedisLimiter limiter = node("one", redis.link, rule);

    spend(limiter, "a", 60);
    admit(limiter, "b");

    assertThat(levels()).containsExactly(50);
    long alertMillis = redis.millisToLive("{" + ANN + "}:alert:50");
    assertThat(alertMillis).isPositive();
    assertThat(redis.millisToLive(ANN)).isBetween(alertMillis - 10_000, alertMillis + 10_000);
  }

  @Test
  void consumers_are_told_apart() throws Exception {
    LimitBlock rule = alerting(perConsumer(100), 50);
    RedisLimiter limiter = node("one", redis.link, rule);

    spend(limiter, "a", 60);
    admit(limiter, "b");
    Admitted bob = (Admitted) redis.on(() -> limiter.admit(request("c").by("bob").ask()));
    redis.on(() -> limiter.settle(Asks.used("c", 70, bob.holds())));
    redis.on(() -> limiter.admit(request("d").by("bob").ask()));
    settled();

    assertThat(raised).extracting(Alert::subject).containsExactly("ann", "bob");
  }

  @Test
  void nobody_is_told_of_a_rule_without_levels() throws Exception {
    RedisLimiter limiter = node("one", redis.link, perConsumer(100));

    spend(limiter, "a", 200);
    admit(limiter, "b");

    assertThat(raised).isEmpty();
    assertThat(redis.get("{" + ANN + "}:alert:100")).isNull();
  }

  @Test
  void a_rule_in_shadow_says_so() throws Exception {
    LimitBlock rule = shadow(alerting(perConsumer(100), 100));
    RedisLimiter limiter = node("one", redis.link, rule);

    spend(limiter, "a", 100);
    admit(limiter, "b");

    assertThat(raised).singleElement().matches(Alert::shadow);
  }

  @Test
  void requests_in_progress_reach_levels_of_their_limit() throws Exception {
    LimitBlock rule = alerting(block("r", LimitTerms.concurrent(4)), 50);
    RedisLimiter limiter = node("one", redis.link, rule);

    admit(limiter, "a");
    assertThat(raised).isEmpty();
    admit(limiter, "b");

    assertThat(raised)
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.used()).isEqualTo(2);
              assertThat(alert.limit()).isEqualTo(4);
              assertThat(alert.unit()).isEqualTo("concurrent requests");
              assertThat(alert.subject()).isNull();
            });
  }

  @Test
  void no_alert_tells_a_key_or_what_a_client_has_made_up() throws Exception {
    LimitBlock rule =
        alerting(
            block(
                "r",
                item(LIMIT_BY_PER_HEADER, "x-api-key", "*", 100),
                item(LIMIT_BY_PER_HEADER, "x-session", "*", 100),
                item(LIMIT_BY_CONSUMER, "x-mse-consumer", "ann", 100)),
            50);
    RedisLimiter limiter = node("one", redis.link, rule);
    Asks ask =
        request("a")
            .by("ann")
            .header("x-api-key", FactValue.hashOf("demo-user1"))
            .header("x-session", "very-private");

    Admitted admitted = (Admitted) redis.on(() -> limiter.admit(ask.ask()));
    redis.on(() -> limiter.settle(Asks.used("a", 60, admitted.holds())));
    redis.on(() -> limiter.admit(ask.as("b").ask()));
    settled();

    assertThat(raised).hasSize(3);
    assertThat(raised)
        .extracting(Alert::subject)
        .containsExactlyInAnyOrder(
            "ann",
            KnownKeys.hashOf(FactValue.hashOf("demo-user1")),
            KnownKeys.hashOf(FactValue.plain("very-private")));
    assertThat(raised.toString()).doesNotContain("demo-user1", "very-private");
  }

  private RedisLimiter node(String name, RedisLink link, LimitBlock... blocks) {
    AlertWatch watch =
        new AlertWatch(
            new Alarm(
                alert -> {
                  raised.add(alert);
                  return Future.succeededFuture(Acknowledged.YES);
                },
                redis.meters));
    LimitRules rules = Limiters.rules(blocks);
    return new RedisLimiter(
        rules,
        new Outages(redis.meters),
        Limiters.standIn(new NodeParts(), 2),
        Map.of(StoreConfig.NODE, new CounterStore(link, Limiters.names())),
        new LimitAlerts(redis.vertx, name, watch, rules::alerting));
  }

  private void spend(RedisLimiter limiter, String id, long tokens) throws Exception {
    Admitted admitted = (Admitted) admit(limiter, id);
    redis.on(() -> limiter.settle(Asks.used(id, tokens, admitted.holds())));
  }

  private Admission admit(RedisLimiter limiter, String id) throws Exception {
    Admission admission = redis.on(() -> limiter.admit(request(id).by("ann").estimate(1).ask()));
    settled();
    return admission;
  }

  /** Many at once, on both nodes, each of which would be the first to see a level. */
  private void everybodyAsks(RedisLimiter one, RedisLimiter other, String id) throws Exception {
    redis.on(
        () -> {
          List<Future<Admission>> answers = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            RedisLimiter limiter = i % 2 == 0 ? one : other;
            answers.add(limiter.admit(request(id + i).by("ann").estimate(1).ask()));
          }
          return Future.join(answers);
        });
    settled();
  }

  /** Claims were sent before this, on the same connections, so they have been answered. */
  private void settled() throws Exception {
    CompositeFuture both =
        redis.on(() -> Future.join(redis.link.claim("a", LIFE), otherLink.claim("b", LIFE)));
    assertThat(both.succeeded()).isTrue();
  }

  private List<Integer> levels() {
    return raised.stream().map(Alert::level).toList();
  }

  private static LimitBlock perConsumer(long tokens) {
    return block("r", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", tokens));
  }

  private static LimitBlock alerting(LimitBlock b, Integer... levels) {
    return with(b, b.admitting(), List.of(levels));
  }

  private static LimitBlock shadow(LimitBlock b) {
    return with(
        b,
        new LimitBlock.Admitting(LimitMode.SHADOW, false, false, OnExhausted.FINISH),
        b.alerts());
  }

  private static LimitBlock with(
      LimitBlock b, LimitBlock.Admitting admitting, List<Integer> alerts) {
    return new LimitBlock(
        b.ruleName(),
        b.when(),
        b.global(),
        b.items(),
        b.rejection(),
        b.store(),
        b.fail(),
        b.firstMatchOnly(),
        admitting,
        b.load(),
        b.penalty(),
        alerts);
  }
}
