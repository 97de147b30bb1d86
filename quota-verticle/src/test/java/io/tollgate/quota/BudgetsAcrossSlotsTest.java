package io.tollgate.quota;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigReader;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.contract.wire.Wire;
import io.tollgate.store.Stores;
import io.tollgate.store.TestCluster;
import io.tollgate.store.TestRedis;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A consumer's budget and his team's lie on two masters of a Redis Cluster. Consumers and teams are
 * named by the test so that it is so.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(60)
class BudgetsAcrossSlotsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final long OWN = 1_000_000_000;

  @TempDir static Path directory;

  private static SimpleMeterRegistry meters;
  private static Vertx vertx;
  private static TestCluster cluster;
  private static QuotaService quota;

  @BeforeAll
  static void start() throws Exception {
    meters = new SimpleMeterRegistry();
    cluster = TestCluster.start(directory, 3, true);
    vertx = Vertx.vertx();
    Wire.register(vertx);
    Directory nodes = new Directory("node-1", InstantSource.system());
    QuotaSettings settings = QuotaSettings.of(config());
    Stores stores = new Stores(Map.of("node", cluster.address(TIMEOUT)), meters);
    Alarm alarm = new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), meters);
    QuotaMonitor monitor = new QuotaMonitor(meters, alarm, settings);
    await(
        vertx.deployVerticle(
            () -> new QuotaVerticle(nodes, stores, Live.fixed(settings), monitor, new NodeParts()),
            new DeploymentOptions().setInstances(2)));
    quota = QuotaBus.client(new BusClient(vertx.eventBus(), nodes, meters), Duration.ofSeconds(2));
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
    cluster.close();
  }

  @Test
  void holds_are_taken_and_settled_on_both() throws Exception {
    String team = teamElsewhere("ann", "small");
    Reservation.Reserved reserved = (Reservation.Reserved) reserve("both", "ann", team, 30);

    assertThat(reserved.holds()).extracting(QuotaHold::tokens).containsExactly(30L, 30L);
    settle("both", 42, reserved);
    settle("both", 42, reserved);

    assertThat(balance(own("ann"))).isEqualTo(OWN - 42);
    assertThat(balance(team("small", team))).isEqualTo(100 - 42);
    assertThat(held(own("ann"))).isZero();
    assertThat(held(team("small", team))).isZero();
  }

  @Test
  void when_the_team_refuses_the_consumers_hold_is_given_back() throws Exception {
    String team = teamElsewhere("bob", "small");
    settle("spender", 100, (Reservation.Reserved) reserve("spender", "bob", team, 100));

    Reservation refused = reserve("late", "bob", team, 30);

    assertThat(refused)
        .isInstanceOfSatisfying(
            Reservation.Exhausted.class, spent -> assertThat(spent.budget()).isEqualTo("small"));
    TestRedis.await("the hold is kept", () -> held(own("bob")) == 0);
    assertThat(balance(own("bob"))).isEqualTo(OWN - 100);
    assertThat(balance(team("small", team))).isZero();
  }

  @Test
  void of_fifty_at_once_no_more_pass_than_the_team_has_room_for() throws Exception {
    String team = teamElsewhere("cid", "small");
    List<Future<Reservation>> asked =
        IntStream.range(0, 50)
            .mapToObj(i -> quota.reserve(request("rush-" + i, "cid", team, 30)))
            .toList();
    await(Future.all(asked));

    List<Integer> passed =
        IntStream.range(0, 50)
            .filter(i -> asked.get(i).result() instanceof Reservation.Reserved)
            .boxed()
            .toList();
    // Three take 30, the fourth the 10 that are left.
    assertThat(passed).hasSize(4);
    assertThat(held(team("small", team))).isEqualTo(100);
    for (int i : passed) {
      settle("rush-" + i, 25, (Reservation.Reserved) asked.get(i).result());
    }
    TestRedis.await("a hold is kept", () -> held(own("cid")) == 0);
    assertThat(balance(own("cid"))).isEqualTo(OWN - 100);
    assertThat(balance(team("small", team))).isZero();
  }

  /** The last, as one server is gone afterwards. */
  @Test
  @Order(Integer.MAX_VALUE)
  void what_a_failover_of_the_teams_master_loses_is_in_both_budgets_again() throws Exception {
    String team = teamElsewhere("dan", "large");
    String key = team("large", team);
    TestRedis master = cluster.master(cluster.indexOf(key));
    TestRedis replica = cluster.replica(cluster.indexOf(key));
    SettlingCallers callers = new SettlingCallers(vertx, quota, "dan", Map.of("large", team));
    callers.surviveFailover(master, replica, key, OWN);

    assertThat(balance(own("dan"))).isEqualTo(OWN - callers.used());
    assertThat(Long.parseLong(replica.ask("GET", key))).isEqualTo(OWN - callers.used());
  }

  /** A team whose balance has another master than the consumer's. */
  private static String teamElsewhere(String consumer, String budget) {
    return IntStream.range(0, 100)
        .mapToObj(i -> consumer + "-team-" + i)
        .filter(name -> cluster.indexOf(team(budget, name)) != cluster.indexOf(own(consumer)))
        .findFirst()
        .orElseThrow();
  }

  private static Reservation reserve(String id, String consumer, String team, long estimate)
      throws Exception {
    return await(quota.reserve(request(id, consumer, team, estimate)));
  }

  private static ReserveRequest request(String id, String consumer, String team, long estimate) {
    return new ReserveRequest(
        id, "metered", consumer, Map.of("small", team), "m", 0, new Estimate(estimate, 0));
  }

  private static void settle(String id, long tokens, Reservation.Reserved reserved)
      throws Exception {
    await(
        quota.settle(
            new UsageEvent(
                id,
                System.currentTimeMillis(),
                "metered",
                "anybody",
                "m",
                "aliyun",
                TokenUsage.of(tokens, 0),
                false,
                Outcome.COMPLETED,
                List.of(),
                reserved.holds())));
  }

  private static String own(String consumer) {
    return "tollgate:quota:own:" + consumer;
  }

  private static String team(String budget, String name) {
    return "tollgate:quota:" + budget + ':' + name;
  }

  private static long balance(String key) {
    return Long.parseLong(cluster.ask("GET", key));
  }

  private static long held(String key) {
    String state = cluster.ask("HGET", '{' + key + "}:holds", "state");
    return Long.parseLong(state.substring(0, state.indexOf(' ')));
  }

  private static TollgateConfig config() throws Exception {
    String json =
        """
        {"admin":{"token":"t"},
         "providers":[{"name":"model","type":"demo"}],
         "consumers":[{"name":"ann","keys":["k"],"labels":{"small":"a","large":"a"}}],
         "routes":[{"name":"metered","upstreams":["model"]}],
         "quotas":[
           {"name":"own","limit_by":"consumer","tokens":1000000000,"per":"month"},
           {"name":"small","limit_by":"label:small","tokens":100,"per":"month"},
           {"name":"large","limit_by":"label:large","tokens":1000000000,"per":"month"}]}""";
    ConfigResult result = ConfigReader.read(new ObjectMapper().readTree(json), Map.of());
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, SECONDS);
  }
}
