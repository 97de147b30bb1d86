package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.reader.ConfigReader;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.Reservation.Reserved;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.contract.wire.Wire;
import io.tollgate.store.RedisLink;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes with one Redis: who is told how far budgets are used, and how often. */
@Timeout(60)
class BudgetAlertsTest {
  private static final String QUOTAS =
      """
      [ { "name": "monthly", "limit_by": "consumer", "tokens": 100, "per": "month",
          "alerts": [50, 80, 100] },
        { "name": "watched", "tokens": 100, "count": "requests", "when": { "models": ["seen"] },
          "mode": "shadow", "alerts": [1] },
        { "name": "untold", "tokens": 1000000 } ]
      """;

  private static RunningRedis redis;
  private static RedisLink otherLink;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Alert> raised = new CopyOnWriteArrayList<>();
  private QuotaService one;
  private QuotaService other;

  @BeforeAll
  static void start() throws Exception {
    redis = new RunningRedis();
    Wire.register(redis.vertx);
    otherLink = redis.anotherLink();
  }

  @AfterAll
  static void stop() throws Exception {
    redis.on(otherLink::close);
    redis.close();
  }

  @BeforeEach
  void nodes() throws Exception {
    redis.send(Command.FLUSHALL);
    one = node("one", redis.link);
    other = node("other", otherLink);
  }

  @Test
  void the_settlement_that_reaches_a_level_tells_it_and_nobody_has_to_ask_again() throws Exception {
    spend(one, "a", 49);
    assertThat(raised).isEmpty();

    spend(other, "b", 1);

    assertThat(raised)
        .singleElement()
        .returns(Alert.Kind.QUOTA, Alert::kind)
        .returns("monthly", Alert::rule)
        .returns("ann", Alert::subject)
        .returns(50, Alert::level)
        .returns(50L, Alert::used)
        .returns(100L, Alert::limit)
        .returns("tokens", Alert::unit)
        .returns("month", Alert::window)
        .returns(false, Alert::shadow)
        .returns("other", Alert::node);
  }

  @Test
  void each_level_is_told_once_however_many_requests_on_however_many_nodes_see_it()
      throws Exception {
    List<Reserved> passed = everybody("a", 40);
    settleEverybody("a", passed, 2);
    settleEverybody("a", passed, 2);
    everybody("b", 20);

    assertThat(raised).extracting(Alert::level).containsExactly(50, 80);
    assertThat(raised).extracting(Alert::used).containsExactly(50L, 80L);
    assertThat(raised).extracting(Alert::id).doesNotHaveDuplicates();
    assertThat(meters.find("tollgate.alerts").tag("rule", "monthly").counters())
        .extracting(
            counter -> counter.getId().getTag("kind"),
            counter -> counter.getId().getTag("level"),
            counter -> counter.count())
        .containsExactlyInAnyOrder(
            tuple("quota", "50", 1.0), tuple("quota", "80", 1.0), tuple("quota", "100", 0.0));
  }

  @Test
  void several_levels_that_are_reached_at_once_are_told_each() throws Exception {
    spend(one, "a", 250);

    assertThat(raised)
        .extracting(Alert::level, Alert::used)
        .containsExactly(tuple(50, 250L), tuple(80, 250L), tuple(100, 250L));
  }

  @Test
  void a_budget_in_shadow_says_so_and_one_for_all_has_no_subject() throws Exception {
    Reserved reserved = reserve(one, "a", "seen");
    settle(one, "a", reserved, 5);

    assertThat(raised)
        .singleElement()
        .returns("watched", Alert::rule)
        .returns(null, Alert::subject)
        .returns(true, Alert::shadow)
        .returns("requests", Alert::unit)
        .returns("", Alert::window);
  }

  @Test
  void what_a_dead_node_has_used_is_told_when_it_is_billed() throws Exception {
    Reserved reserved = reserve(one, "a", "any");
    redis.on(
        () ->
            one.renew(
                new Renewal(
                    List.of(
                        new Renewal.OpenRequest(
                            "a", TokenUsage.of(90, 0), List.of(), reserved.holds())))));
    assertThat(raised).as("it is held and not used yet").isEmpty();
    redis.expire("tollgate:quota:monthly:ann", "a");

    spend(other, "b", 0);

    assertThat(raised).extracting(Alert::level).containsExactly(50, 80);
  }

  private QuotaService node(String name, RedisLink link) throws Exception {
    Live<QuotaSettings> settings = Live.fixed(settings());
    Alarm alarm =
        new Alarm(
            alert -> {
              raised.add(alert);
              return Future.succeededFuture(Acknowledged.YES);
            },
            meters);
    QuotaMonitor monitor = new QuotaMonitor(meters, alarm, settings.now());
    StandIn standIn = new StandIn(new NodeParts(), () -> 2, settings);
    Ledger ledger = new Ledger(link, key -> settings.now().termsAt(key));
    BudgetAlerts alerts = new BudgetAlerts(redis.vertx, name, settings, monitor);
    return new LedgerQuota(
        settings, new Books(Map.of("node", ledger), monitor, standIn, alerts), monitor, standIn);
  }

  private static QuotaSettings settings() throws Exception {
    String config =
        """
        { "store": { "redis": "embedded" },
          "admin": { "token": "admin-token" },
          "providers": [ { "name": "p", "type": "openai", "base_url": "http://127.0.0.1:9/v1" } ],
          "consumers": [ { "name": "ann", "keys": ["key-of-ann"] } ],
          "quotas": %s,
          "routes": [ { "name": "chat", "upstreams": ["p"], "auth": { "allow": ["ann"] } } ] }
        """
            .formatted(QUOTAS);
    ConfigResult result = ConfigReader.read(new ObjectMapper().readTree(config), Map.of());
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return QuotaSettings.of(((ConfigResult.Valid) result).config());
  }

  private void spend(QuotaService node, String id, long tokens) throws Exception {
    settle(node, id, reserve(node, id, "any"), tokens);
  }

  private Reserved reserve(QuotaService node, String id, String model) throws Exception {
    return (Reserved) redis.on(() -> node.reserve(request(id, model)));
  }

  private static ReserveRequest request(String id, String model) {
    return new ReserveRequest(id, "chat", "ann", Map.of(), model, 0, new Estimate(1, 0));
  }

  private void settle(QuotaService node, String id, Reserved reserved, long tokens)
      throws Exception {
    redis.on(() -> node.settle(usage(id, tokens, reserved.holds())));
  }

  private List<Reserved> everybody(String id, int count) throws Exception {
    CompositeFuture answers =
        redis.on(
            () -> {
              List<Future<Reservation>> all = new ArrayList<>();
              for (int i = 0; i < count; i++) {
                all.add((i % 2 == 0 ? one : other).reserve(request(id + i, "any")));
              }
              return Future.all(all);
            });
    return answers.list();
  }

  private void settleEverybody(String id, List<Reserved> reserved, long tokens) throws Exception {
    redis.on(
        () -> {
          List<Future<Acknowledged>> all = new ArrayList<>();
          for (int i = 0; i < reserved.size(); i++) {
            UsageEvent event = usage(id + i, tokens, reserved.get(i).holds());
            all.add((i % 2 == 0 ? other : one).settle(event));
          }
          return Future.all(all);
        });
  }

  private static UsageEvent usage(String id, long tokens, List<QuotaHold> holds) {
    return new UsageEvent(
        id,
        System.currentTimeMillis(),
        "chat",
        "ann",
        "any",
        "p",
        TokenUsage.of(tokens, 0),
        false,
        Outcome.COMPLETED,
        List.of(),
        holds);
  }
}
