package io.tollgate.quota;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusFault;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.share.RequestEnded;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.contract.wire.Wire;
import io.tollgate.store.Stores;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QuotaVerticleTest {
  private static final String ACCOUNT = "node|chat_quota:";
  private static final String KEY = "chat_quota:user1";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private RunningRedis redis;
  private String deployment;
  private QuotaService quota;

  @BeforeEach
  void deploy() throws Exception {
    redis = new RunningRedis();
    Wire.register(redis.vertx);
    Directory directory = new Directory("node-1", InstantSource.system());
    Stores stores = new Stores(Map.of("node", redis.address()), meters);
    QuotaSettings settings =
        new QuotaSettings(
            Map.of(
                "metered", Optional.of(block("chat_quota:", FailPolicy.CLOSED)),
                "open", Optional.of(block("open_quota:", FailPolicy.OPEN)),
                "shared", Optional.of(block("shared_quota:", FailPolicy.SHARE)),
                "free", Optional.empty()),
            List.of("user1", "user2"));
    Alarm alarm = new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), meters);
    QuotaMonitor monitor = new QuotaMonitor(meters, alarm, settings);
    deployment =
        await(
            redis.vertx.deployVerticle(
                () ->
                    new QuotaVerticle(
                        directory, stores, Live.fixed(settings), monitor, new NodeParts()),
                new DeploymentOptions().setInstances(2)));
    quota =
        QuotaBus.client(
            new BusClient(redis.vertx.eventBus(), directory, meters), Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() throws Exception {
    redis.close();
  }

  @Test
  void a_hundred_at_once_on_two_event_loops_share_a_quota_of_a_hundred() throws Exception {
    redis.send(Command.SET, KEY, "100");
    Context otherLoop = redis.vertx.getOrCreateContext();

    Future<List<Reservation>> here = reservations(redis.loop, 0, 50);
    Future<List<Reservation>> there = reservations(otherLoop, 50, 100);
    List<Reservation> answers = new ArrayList<>(await(here));
    answers.addAll(await(there));
    List<Integer> passed =
        IntStream.range(0, 100)
            .filter(i -> answers.get(i) instanceof Reservation.Reserved)
            .boxed()
            .toList();
    for (int i : passed) {
      on(() -> quota.settle(usage("request-" + i, 61, answers.get(i))));
      on(() -> quota.settle(usage("request-" + i, 61, answers.get(i))));
    }

    assertThat(passed).hasSize(3);
    assertThat(answers.stream().filter(Reservation.Exhausted.class::isInstance)).hasSize(97);
    assertThat(redis.send(Command.GET, KEY)).isEqualTo(Long.toString(100 - 3 * 61));
    assertThat(query("user1")).isEqualTo(balances(new Accounts.Balance("user1", -83, 0)));
  }

  @Test
  void a_refusal_says_what_is_left_and_what_is_held() throws Exception {
    redis.send(Command.SET, KEY, "30");
    Reservation first = reserve("metered", "a", 1000);

    assertThat(first).isEqualTo(new Reservation.Reserved(List.of(new QuotaHold("node", KEY, 30))));
    assertThat(reserve("metered", "b", 1000)).isEqualTo(new Reservation.Exhausted("user1", 30, 30));
    assertThat(query("user1", "user2"))
        .isEqualTo(
            balances(new Accounts.Balance("user1", 30, 30), new Accounts.Balance("user2", 0, 0)));
  }

  @Test
  void a_refused_request_gives_back_what_it_held() throws Exception {
    redis.send(Command.SET, KEY, "30");
    Reservation reserved = reserve("metered", "a", 1000);

    on(() -> quota.settle(usage("a", 0, reserved)));

    assertThat(query("user1")).isEqualTo(balances(new Accounts.Balance("user1", 30, 0)));
  }

  @Test
  void a_route_without_a_quota_holds_nothing() throws Exception {
    assertThat(reserve("free", "a", 1000)).isEqualTo(new Reservation.Reserved(List.of()));
    assertThat(on(() -> quota.settle(usage("a", 5, new Reservation.Reserved(List.of())))))
        .isEqualTo(Acknowledged.YES);
  }

  @Test
  void a_route_that_is_not_configured_gets_no_answer() {
    assertThatThrownBy(() -> reserve("elsewhere", "a", 1000))
        .cause()
        .isInstanceOfSatisfying(
            BusFault.class, fault -> assertThat(fault.kind()).isEqualTo(BusFault.Kind.FAILED));
  }

  @Test
  void a_renewed_request_is_billed_at_its_stamp_when_its_node_dies() throws Exception {
    redis.send(Command.SET, KEY, "100");
    Reservation.Reserved reserved = (Reservation.Reserved) reserve("metered", "a", 60);

    on(
        () ->
            quota.renew(
                new Renewal(
                    List.of(
                        new Renewal.OpenRequest(
                            "a", TokenUsage.of(21, 0), List.of(), reserved.holds()),
                        new Renewal.OpenRequest(
                            "other", TokenUsage.of(3, 0), List.of(), List.of())))));
    redis.expire(KEY, "a");

    assertThat(query("user1")).isEqualTo(balances(new Accounts.Balance("user1", 79, 0)));
  }

  @Test
  void a_balance_is_set_and_changed_without_touching_holds() throws Exception {
    assertThat(change(AccountChange.Kind.SET, 100))
        .isEqualTo(balances(new Accounts.Balance("user1", 100, 0)));
    reserve("metered", "a", 60);

    assertThat(change(AccountChange.Kind.ADD, -150))
        .isEqualTo(balances(new Accounts.Balance("user1", -50, 60)));
    assertThat(change(AccountChange.Kind.SET, 500))
        .isEqualTo(balances(new Accounts.Balance("user1", 500, 60)));
    assertThat(redis.send(Command.GET, KEY)).isEqualTo("500");
  }

  @Test
  void an_account_that_no_route_has_is_named_in_the_answer() throws Exception {
    Accounts queried = on(() -> quota.query(new AccountQuery("node|other:", List.of("user1"))));
    Accounts changed = on(() -> quota.change(change("node|other:", AccountChange.Kind.SET, 5)));

    assertThat(List.of(queried, changed)).containsOnly(new Accounts.NoSuchAccount("node|other:"));
  }

  @Test
  void what_the_store_refuses_is_told_in_plain_words() throws Exception {
    redis.send(Command.SET, KEY, "9223372036854775807");
    assertThat(change(AccountChange.Kind.ADD, 1))
        .isEqualTo(
            new Accounts.StoreFailed(
                "the balance at chat_quota:user1 would leave the range of 64-bit integers"));

    redis.send(Command.SET, KEY, "plenty");
    assertThat(query("user1"))
        .isEqualTo(
            new Accounts.StoreFailed(
                "the value at chat_quota:user1 is not an integer; set the quota anew"));
  }

  @Test
  void a_balance_that_is_no_number_pays_for_nothing_even_where_outages_are_passed_over()
      throws Exception {
    redis.send(Command.SET, "open_quota:user1", "plenty");

    assertThat(reserve("open", "a", 60)).isInstanceOf(Reservation.Unavailable.class);
  }

  @Test
  void while_the_store_is_down_a_closed_quota_refuses_and_an_open_one_passes() throws Exception {
    redis.stopServer();

    Reservation closed = reserve("metered", "a", 60);
    Reservation open = reserve("open", "b", 60);

    assertThat(closed).isEqualTo(new Reservation.Unavailable("user1", 1000));
    assertThat(open)
        .isEqualTo(new Reservation.Reserved(List.of(new QuotaHold("node", "open_quota:user1", 0))));
    assertThat(
            meters.get("tollgate.quota.failopen").tag("account", "open_quota:").counter().count())
        .isEqualTo(1);
    assertThatThrownBy(() -> on(() -> quota.settle(usage("b", 5, open))))
        .hasCauseInstanceOf(BusFault.class);
    assertThat(query("user1")).isInstanceOf(Accounts.StoreFailed.class);
  }

  @Test
  void while_the_store_is_down_a_shared_quota_goes_by_what_was_left() throws Exception {
    String key = "shared_quota:user1";
    redis.send(Command.SET, key, "100");
    Reservation before = reserve("shared", "before", 40);
    redis.stopServer();

    assertThat(before).isEqualTo(new Reservation.Reserved(List.of(new QuotaHold("node", key, 40))));
    Reservation passed = reserve("shared", "a", 50);
    assertThat(passed).isEqualTo(new Reservation.Reserved(List.of(new QuotaHold("node", key, 0))));
    assertThat(reserve("shared", "a", 50)).as("asked again").isEqualTo(passed);
    assertThat(reserve("shared", "b", 20)).isInstanceOf(Reservation.Reserved.class);
    assertThat(reserve("shared", "c", 1))
        .isEqualTo(new Reservation.Exhausted("user1", 60, 70, 60L));
    RequestEnded.TOPIC.publish(redis.vertx, new RequestEnded("b", TokenUsage.of(5, 0)));
    Reservation next = reserve("shared", "d", 1);
    while (next instanceof Reservation.Exhausted) {
      next = reserve("shared", "d", 1);
    }
    assertThat(next).isInstanceOf(Reservation.Reserved.class);
  }

  @Test
  void while_the_store_is_down_a_shared_balance_that_was_never_seen_refuses() throws Exception {
    redis.stopServer();

    ReserveRequest stranger =
        new ReserveRequest("a", "shared", "stranger", Map.of(), "qwen-max", 0, new Estimate(50, 0));
    assertThat(on(() -> quota.reserve(stranger)))
        .isEqualTo(new Reservation.Unavailable("stranger", 1000));
  }

  @Test
  void a_request_that_passed_during_an_outage_is_settled_after_it() throws Exception {
    redis.send(Command.SET, "open_quota:user1", "100");
    Reservation passed =
        new Reservation.Reserved(List.of(new QuotaHold("node", "open_quota:user1", 0)));

    on(() -> quota.settle(usage("b", 35, passed)));
    on(() -> quota.settle(usage("b", 35, passed)));

    assertThat(redis.send(Command.GET, "open_quota:user1")).isEqualTo("65");
  }

  @Test
  void a_settlement_in_a_store_that_is_not_configured_is_not_acknowledged() {
    Reservation elsewhere =
        new Reservation.Reserved(List.of(new QuotaHold("other", "chat_quota:user1", 5)));

    assertThatThrownBy(() -> on(() -> quota.settle(usage("a", 5, elsewhere))))
        .hasCauseInstanceOf(BusFault.class);
  }

  @Test
  void the_gauge_shows_the_balances_of_configured_consumers_as_last_seen() throws Exception {
    awaitFirstLook();
    change(AccountChange.Kind.SET, 100);
    assertThat(gauge("user1")).isEqualTo(100);

    Reservation reserved = reserve("metered", "a", 60);
    on(() -> quota.settle(usage("a", 35, reserved)));
    assertThat(gauge("user1")).isEqualTo(65);

    redis.send(Command.SET, KEY, "7");
    query("user1", "nobody");
    assertThat(gauge("user1")).isEqualTo(7);
    assertThat(meters.find("tollgate.quota.balance").tag("consumer", "nobody").gauge()).isNull();
  }

  @Test
  void balances_are_looked_at_without_being_asked_for() throws Exception {
    awaitFirstLook();

    assertThat(gauge("user2")).isZero();
  }

  @Test
  void an_undeployed_service_leaves_no_connection_and_no_address_behind() throws Exception {
    assertThat(connections()).isEqualTo(3);

    await(redis.vertx.undeploy(deployment));

    while (connections() > 1) {
      await(redis.vertx.timer(10));
    }
    assertThatThrownBy(() -> query("user1"))
        .cause()
        .isInstanceOfSatisfying(
            BusFault.class, fault -> assertThat(fault.kind()).isEqualTo(BusFault.Kind.UNAVAILABLE));
  }

  private static QuotaBlock block(String prefix, FailPolicy fail) {
    return new QuotaBlock(prefix, "admin", "/quota", List.of("/v1/chat/completions"), "node", fail);
  }

  private Future<List<Reservation>> reservations(Context context, int from, int to) {
    Promise<List<Reservation>> answers = Promise.promise();
    context.runOnContext(
        start ->
            Future.all(
                    IntStream.range(from, to)
                        .mapToObj(i -> quota.reserve(request("metered", "request-" + i, 40)))
                        .toList())
                .map(all -> all.<Reservation>list())
                .onComplete(answers));
    return answers.future();
  }

  private Reservation reserve(String route, String id, long estimate) throws Exception {
    return on(() -> quota.reserve(request(route, id, estimate)));
  }

  private static ReserveRequest request(String route, String id, long estimate) {
    return new ReserveRequest(
        id, route, "user1", Map.of(), "qwen-max", 0, new Estimate(estimate, 0));
  }

  private Accounts query(String... consumers) throws Exception {
    return on(() -> quota.query(new AccountQuery(ACCOUNT, List.of(consumers))));
  }

  private Accounts change(AccountChange.Kind kind, long tokens) throws Exception {
    return on(() -> quota.change(change(ACCOUNT, kind, tokens)));
  }

  private static UsageEvent usage(String id, long tokens, Reservation reservation) {
    return new UsageEvent(
        id,
        0,
        "metered",
        "user1",
        "qwen-max",
        "aliyun",
        TokenUsage.of(tokens, 0),
        false,
        Outcome.COMPLETED,
        List.of(),
        ((Reservation.Reserved) reservation).holds());
  }

  private static Accounts balances(Accounts.Balance... balances) {
    return new Accounts.Balances(List.of(balances));
  }

  private double gauge(String consumer) {
    return meters
        .get("tollgate.quota.balance")
        .tag("account", "chat_quota:")
        .tag("consumer", consumer)
        .gauge()
        .value();
  }

  private void awaitFirstLook() throws Exception {
    while (Double.isNaN(gauge("user1")) || Double.isNaN(gauge("user2"))) {
      await(redis.vertx.timer(10));
    }
  }

  private long connections() throws Exception {
    return redis.send(Command.CLIENT, "LIST").lines().count();
  }

  private <T> T on(Callable<Future<T>> work) throws Exception {
    return redis.on(work);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, SECONDS);
  }

  private static AccountChange change(String account, AccountChange.Kind kind, long tokens) {
    return new AccountChange(
        account, "user1", kind, tokens, null, AccountChange.Note.by("admin token"));
  }
}
