package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.route;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusFault;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.LogConfig;
import io.tollgate.contract.config.NodeConfig;
import io.tollgate.contract.config.ProxyConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.tollgate.contract.limiter.Admission.Throttled;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.wire.Wire;
import io.tollgate.store.Stores;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service as a node runs it: an instance on each event loop, asked over the bus. */
class LimiterVerticleTest {
  private static final String COUNTER =
      "higress-token-ratelimit:default_rule:limit_by_per_header:60:x-api-key:demo-user1";

  @TempDir Path directory;

  private final Directory nodes = new Directory("node-1", InstantSource.system());
  private RedisFixture redis;
  private String deployment;
  private LimiterService limiter;

  @BeforeEach
  void start() throws Exception {
    redis = RedisFixture.start(directory);
    Wire.register(redis.vertx);
    Stores stores = new Stores(Map.of(StoreConfig.NODE, redis.endpoint()), redis.meters);
    LimiterSetup setup =
        LimiterSetup.of(
            LiveConfig.of(
                config(block("default_rule", item(LIMIT_BY_PER_HEADER, "x-api-key", "*", 100)))),
            redis.meters,
            alerts());
    deployment =
        await(
            redis.vertx.deployVerticle(
                () -> new LimiterVerticle(nodes, stores, setup),
                new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE)));
    limiter =
        LimiterBus.client(
            new BusClient(redis.vertx.eventBus(), nodes, redis.meters), Duration.ofSeconds(8));
  }

  @AfterEach
  void stop() throws Exception {
    redis.close();
  }

  @Test
  void a_chat_is_admitted_renewed_and_settled_over_the_bus() throws Exception {
    Admitted admitted = (Admitted) redis.on(() -> limiter.admit(chat("1").ask()));
    redis.on(() -> limiter.renew(Asks.open("1", 10, admitted.holds())));

    Acknowledged settled = redis.on(() -> limiter.settle(Asks.used("1", 120, admitted.holds())));

    assertThat(settled).isEqualTo(Acknowledged.YES);
    assertThat(redis.get(COUNTER)).isEqualTo("120");
    assertThat(redis.on(() -> limiter.admit(chat("2").ask()))).isInstanceOf(Throttled.class);
  }

  @Test
  void no_secret_travels_in_what_is_held() throws Exception {
    Admitted admitted = (Admitted) redis.on(() -> limiter.admit(chat("1").ask()));

    assertThat(admitted.holds()).extracting(LimitHold::toString).noneMatch(s -> s.contains("demo"));
  }

  @Test
  void instances_on_all_event_loops_share_one_limit_and_each_answers_its_own_loop()
      throws Exception {
    List<Context> loops = eventLoops();
    List<Future<Admission>> answers =
        IntStream.range(0, 100)
            .mapToObj(i -> admitOn(loops.get(i % loops.size()), "r" + i))
            .toList();
    await(Future.all(answers));

    assertThat(answers)
        .extracting(Future::result)
        .filteredOn(Admitted.class::isInstance)
        .hasSize(1);
    assertThat(
            redis
                .meters
                .timer(
                    "tollgate.bus.request",
                    "address",
                    "tollgate.limiter.admit",
                    "target",
                    "local",
                    "outcome",
                    "answered")
                .count())
        .isEqualTo(100);
  }

  @Test
  void a_settlement_that_is_delivered_until_acknowledged_survives_a_crash_of_redis_and_counts_once()
      throws Exception {
    List<Admitted> admitted = new ArrayList<>();
    admitted.add((Admitted) redis.on(() -> limiter.admit(chat("1").estimate(10).ask())));
    admitted.add((Admitted) redis.on(() -> limiter.admit(chat("2").estimate(10).ask())));
    redis.on(() -> limiter.settle(Asks.used("1", 15, admitted.get(0).holds())));
    ProcessHandle server = ProcessHandle.of(redis.redisPid()).orElseThrow();
    server.destroyForcibly();
    server.onExit().get(5, SECONDS);

    assertThatThrownBy(
            () -> redis.on(() -> limiter.settle(Asks.used("2", 20, admitted.get(1).holds()))))
        .hasRootCauseInstanceOf(BusFault.class);
    settleUntilAcknowledged("2", 20, admitted.get(1).holds());
    settleUntilAcknowledged("1", 15, admitted.get(0).holds());

    assertThat(redis.get(COUNTER)).isEqualTo("35");
  }

  @Test
  void a_stopped_limiter_is_not_found_any_more() throws Exception {
    await(redis.vertx.undeploy(deployment));

    assertThatThrownBy(() -> redis.on(() -> limiter.admit(chat("1").ask())))
        .rootCause()
        .isInstanceOfSatisfying(
            BusFault.class, fault -> assertThat(fault.kind()).isEqualTo(BusFault.Kind.UNAVAILABLE));
    assertThat(redis.send(Command.CLIENT, "LIST").toString().lines().filter(c -> !c.isBlank()))
        .as("connections to Redis, the test's own left")
        .hasSize(1);
  }

  @Test
  void a_rule_that_never_failed_open_is_counted_as_zero() {
    assertThat(redis.meters.get("tollgate.limit.failopen").tag("rule", "default_rule").counter())
        .satisfies(counter -> assertThat(counter.count()).isZero());
  }

  @Test
  void a_configuration_with_a_bad_pattern_is_refused_with_its_place() {
    TollgateConfig bad = config(block("r", item(LIMIT_BY_PER_HEADER, "x-api-key", "regexp:(", 1)));

    assertThatThrownBy(() -> LimiterSetup.of(LiveConfig.of(bad), redis.meters, alerts()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("routes[0].ai-token-ratelimit.rule_items[0].limit_keys[0].key");
  }

  private static Asks chat(String id) {
    return request(id)
        .by("aliyun-user1")
        .header("x-api-key", FactValue.hashOf("demo-user1"))
        .estimate(1000);
  }

  /** A context on each event loop. */
  private List<Context> eventLoops() throws Exception {
    List<Context> loops = new CopyOnWriteArrayList<>();
    await(
        redis.vertx.deployVerticle(
            () ->
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    loops.add(context);
                    return Future.succeededFuture();
                  }
                },
            new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE)));
    return loops;
  }

  private Future<Admission> admitOn(Context loop, String id) {
    Promise<Admission> answer = Promise.promise();
    loop.runOnContext(start -> limiter.admit(chat(id).ask()).onComplete(answer));
    return answer.future();
  }

  private void settleUntilAcknowledged(String id, long tokens, List<LimitHold> holds)
      throws Exception {
    for (int i = 0; i < 100; i++) {
      boolean acknowledged =
          redis.on(() -> limiter.settle(Asks.used(id, tokens, holds)).map(true).otherwise(false));
      if (acknowledged) {
        return;
      }
      redis.on(() -> redis.vertx.timer(100));
    }
    throw new AssertionError("not acknowledged");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, SECONDS);
  }

  private AlertWatch alerts() {
    return new AlertWatch(
        new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), redis.meters));
  }

  static TollgateConfig config(LimitBlock... blocks) {
    return new TollgateConfig(
        new NodeConfig("node-1", Path.of("data"), Duration.ofSeconds(1)),
        new ProxyConfig(new Listen("127.0.0.1", 0), null, 1024),
        new AdminConfig("127.0.0.1", 0, "token"),
        null,
        Map.of(StoreConfig.NODE, new StoreConfig.Embedded(Duration.ofSeconds(5))),
        List.of(),
        List.of(
            new ConsumerConfig(
                "aliyun-user1",
                List.of(KeyHash.of("demo-user1")),
                Map.of(KeyHash.of("demo-user1"), "demo-user1"),
                Map.of())),
        List.of(route("chat", blocks)),
        List.of(),
        new LogConfig(LogConfig.Target.OFF, null),
        new JournalConfig(
            false,
            JournalConfig.Sync.INTERVAL,
            Duration.ofSeconds(1),
            256L << 20,
            Duration.ofSeconds(30),
            JournalConfig.OnFull.REFUSE),
        null,
        null);
  }
}
