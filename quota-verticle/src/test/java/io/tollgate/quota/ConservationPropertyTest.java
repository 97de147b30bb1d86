package io.tollgate.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
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
 * and then. However they meet, the balance has lost what those that were settled have used, and
 * what the others were last stamped with.
 */
class ConservationPropertyTest {
  private static final String KEY = "chat_quota:user1";
  private static final Duration LEASE = Duration.ofMillis(15);
  private static final long FILLED = 1_000_000;
  private static final long A_DAY = Duration.ofDays(1).toMillis();

  /**
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

  private static RunningRedis redis;
  private static List<Ledger> nodes;
  private static int requests;

  @BeforeContainer
  static void start() throws Exception {
    redis = new RunningRedis();
    nodes =
        List.of(new Ledger(redis.link, LEASE, 100), new Ledger(redis.anotherLink(), LEASE, 100));
  }

  @AfterContainer
  static void stop() throws Exception {
    System.out.printf("quota: %d requests of two nodes at once%n", requests);
    redis.close();
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void nothing_is_lost_and_nothing_is_charged_twice(@ForAll("plans") List<Plan> plans)
      throws Exception {
    requests += plans.size();
    redis.send(Command.FLUSHALL);
    redis.send(Command.SET, KEY, Long.toString(FILLED));

    redis.on(
        () -> {
          List<Future<?>> all = new ArrayList<>();
          for (int i = 0; i < plans.size(); i++) {
            all.add(play("r" + i, plans.get(i)));
          }
          return Future.all(all);
        });
    // Whatever touches the account ends what has run out.
    while (read().held() > 0) {
      redis.on(() -> redis.vertx.timer(LEASE.toMillis()));
    }
    assertCharged(plans);

    redis.forgetSettled(KEY);
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).deliveries() > 0) {
        redis.write(nodes.getFirst(), Entry.settle(KEY, "r" + i, plans.get(i).used(), A_DAY));
      }
    }
    assertCharged(plans);
  }

  @Provide
  static Arbitrary<List<Plan>> plans() {
    Arbitrary<Integer> node = Arbitraries.of(0, 1);
    Arbitrary<Long> tokens = Arbitraries.longs().between(1, 100);
    Arbitrary<Stamp> stamps =
        Combinators.combine(node, tokens, Arbitraries.longs().between(1, 40)).as(Stamp::new);
    return Combinators.combine(
            node, tokens, stamps.list().ofMaxSize(4), Arbitraries.of(0, 1, 2), tokens)
        .as(Plan::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(25);
  }

  private static Future<?> play(String id, Plan plan) {
    Future<?> last = write(plan.node(), Entry.reserve(KEY, id, plan.estimate()));
    for (Stamp stamp : plan.stamps()) {
      Entry renewal = Entry.renew(KEY, id, stamp.tokens(), plan.estimate());
      last =
          last.compose(done -> redis.vertx.timer(stamp.afterMillis()))
              .compose(paused -> write(stamp.node(), renewal));
    }
    return last.compose(done -> settle(id, plan));
  }

  private static Future<?> settle(String id, Plan plan) {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < plan.deliveries(); i++) {
      all.add(write(0, Entry.settle(KEY, id, plan.used(), 0)));
      all.add(write(1, Entry.settle(KEY, id, plan.used(), 0)));
    }
    return Future.all(all);
  }

  private static Future<Line> write(int node, Entry entry) {
    return nodes.get(node).write(entry);
  }

  private static Line read() throws Exception {
    return redis.write(nodes.getFirst(), Entry.read(KEY));
  }

  private static void assertCharged(List<Plan> plans) throws Exception {
    long charged = plans.stream().mapToLong(Plan::billed).sum();
    assertThat(read()).isEqualTo(new Line(false, FILLED - charged, 0, 0));
  }
}
