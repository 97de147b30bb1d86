package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Requests of two nodes, all at the same time, with leases of a few milliseconds that run out now
 * and then while a sweep goes on. However they meet, the counter has what those that were settled
 * have used, and what the others were last stamped with.
 */
class ConservationPropertyTest {
  private static final String C =
      "higress-token-ratelimit:r:limit_by_per_consumer:3600:x-mse-consumer:bob";
  private static final String MEMBER = "3600 " + C;
  private static final CounterTimes SHORT =
      new CounterTimes(Duration.ofMillis(15), Duration.ofMinutes(30), Duration.ofDays(1));
  private static final long SWEEP_MILLIS = 4;
  private static final long LONG_AGO = Duration.ofDays(1).toMillis();

  /**
   * One stamp of a request.
   *
   * @param node through which it comes
   * @param afterMillis the one before
   */
  record Stamp(int node, long tokens, long afterMillis) {}

  /**
   * What a request does.
   *
   * @param deliveries how often its event is delivered to each of the nodes at once; 0 when its
   *     node dies before
   */
  record Plan(int node, long estimate, List<Stamp> stamps, int deliveries, long used) {
    long billed() {
      return deliveries > 0 ? used : stamps.stream().mapToLong(Stamp::tokens).max().orElse(0);
    }
  }

  private static Path directory;
  private static RedisFixture redis;
  private static List<CounterStore> nodes;
  private static List<RedisLimiter> limiters;
  private static int requests;

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("limiter");
    redis = RedisFixture.start(directory);
    CounterNames names = Limiters.names();
    nodes =
        List.of(
            new CounterStore(redis.link, names, SHORT, CounterScripts.USUAL),
            new CounterStore(redis.anotherLink(), names, SHORT, CounterScripts.USUAL));
    limiters = nodes.stream().map(ConservationPropertyTest::limiter).toList();
  }

  @AfterContainer
  static void stop() throws Exception {
    System.out.printf("limiter: %d requests of two nodes at once%n", requests);
    redis.close();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void nothing_is_lost_and_nothing_counts_twice(@ForAll("plans") List<Plan> plans)
      throws Exception {
    redis.send(Command.FLUSHALL);
    requests += plans.size();
    List<List<LimitHold>> holds = new ArrayList<>();
    long sweep =
        redis.vertx.setPeriodic(
            SWEEP_MILLIS, tick -> redis.onLoop(() -> nodes.getFirst().reap(List.of(MEMBER))));

    redis.on(
        () -> {
          List<Future<List<LimitHold>>> all = new ArrayList<>();
          for (int i = 0; i < plans.size(); i++) {
            all.add(play("r" + i, plans.get(i)));
          }
          return Future.all(all).onSuccess(done -> all.forEach(each -> holds.add(each.result())));
        });
    while (hasLiveHolds()) {
      redis.on(() -> redis.vertx.timer(SWEEP_MILLIS));
    }
    redis.vertx.cancelTimer(sweep);
    assertBilled(plans);

    redis.deleteAll("*:settled:*");
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).deliveries() > 0) {
        int place = i;
        redis.on(() -> deliver(0, LONG_AGO, "r" + place, plans.get(place), holds.get(place)));
      }
    }
    assertBilled(plans);
  }

  @Provide
  static Arbitrary<List<Plan>> plans() {
    Arbitrary<Integer> node = Arbitraries.of(0, 1);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, 100);
    Arbitrary<Stamp> stamps =
        Combinators.combine(node, tokens, Arbitraries.longs().between(1, 40)).as(Stamp::new);
    return Combinators.combine(
            node, tokens, stamps.list().ofMaxSize(4), Arbitraries.of(0, 1, 2), tokens)
        .as(Plan::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(25);
  }

  private static Future<List<LimitHold>> play(String id, Plan plan) {
    return limiters
        .get(plan.node())
        .admit(request(id).by("bob").estimate(plan.estimate()).ask())
        .map(admission -> ((Admitted) admission).holds())
        .compose(
            holds -> {
              Future<?> last = Future.succeededFuture();
              for (Stamp stamp : plan.stamps()) {
                last =
                    last.compose(done -> redis.vertx.timer(stamp.afterMillis()))
                        .compose(
                            paused ->
                                limiters
                                    .get(stamp.node())
                                    .renew(Asks.open(id, stamp.tokens(), holds)));
              }
              return last.compose(done -> settle(id, plan, holds)).map(holds);
            });
  }

  private static Future<?> settle(String id, Plan plan, List<LimitHold> holds) {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < plan.deliveries(); i++) {
      all.add(deliver(0, 0, id, plan, holds));
      all.add(deliver(1, 0, id, plan, holds));
    }
    return Future.all(all);
  }

  private static Future<?> deliver(
      int node, long ageMillis, String id, Plan plan, List<LimitHold> holds) {
    return limiters
        .get(node)
        .settle(Asks.ended(System.currentTimeMillis() - ageMillis, id, plan.used(), holds));
  }

  private static boolean hasLiveHolds() throws Exception {
    for (Response value : redis.send(Command.HVALS, RedisFixture.holdsOf(C))) {
      if (value.toString().startsWith("held")) {
        return true;
      }
    }
    return false;
  }

  private static void assertBilled(List<Plan> plans) throws Exception {
    assertThat(redis.get(C)).isEqualTo(Long.toString(plans.stream().mapToLong(Plan::billed).sum()));
    assertThat(redis.held(C)).isZero();
  }

  private static RedisLimiter limiter(CounterStore store) {
    return Limiters.limiter(
        redis,
        Limiters.rules(
            block("r", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", 1L << 40, 3600)))),
        store);
  }
}
