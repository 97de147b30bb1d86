package io.tollgate.store;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.LeaseIndex.Claim;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With leases of a few milliseconds, on a real Redis. */
@Timeout(60)
class LeaseIndexTest {
  private static final String KEY = "tollgate:leases:test";
  private static final Duration LEASE = Duration.ofMillis(40);
  private static final long NOTHING = -1;

  @TempDir Path directory;

  private final Loop loop = new Loop();
  private final List<String> reaped = new ArrayList<>();
  private EmbeddedRedis redis;
  private RedisLink link;
  private LeaseIndex index;
  private LeaseIndex other;

  @BeforeEach
  void start() throws Exception {
    redis = EmbeddedRedis.start(directory, Duration.ofSeconds(5));
    link = loop.open(redis.endpoint());
    makeScriptKnown();
    index = new LeaseIndex(link, KEY, LEASE);
    other = new LeaseIndex(link, KEY, LEASE);
  }

  @AfterEach
  void stop() throws Exception {
    loop.close();
    redis.close();
  }

  @Test
  void a_name_is_due_after_a_lease_and_given_to_one_only() throws Exception {
    long before = millis();
    put(index, "a", "b");

    List<Claim> claims = claimEventually();

    assertThat(claims).extracting(Claim::name).containsExactlyInAnyOrder("a", "b");
    assertThat(millis()).isGreaterThanOrEqualTo(before + LEASE.toMillis());
    assertThat(claim(other)).isEmpty();
  }

  @Test
  void what_was_said_a_moment_ago_is_not_sent_again() throws Exception {
    LeaseIndex still = new LeaseIndex(link, KEY, LEASE, () -> 0);
    put(still, "a");
    loop.on(() -> link.send(Command.DEL, KEY));

    put(still, "a", "b");

    assertThat(names()).containsExactly("b");
  }

  @Test
  void a_name_that_is_there_keeps_its_time() throws Exception {
    put(index, "a");
    String time = time("a");

    put(other, "a");

    assertThat(time("a")).isEqualTo(time);
  }

  @Test
  void a_name_at_which_nothing_is_found_is_looked_at_a_second_time_before_it_leaves()
      throws Exception {
    put(index, "a");

    move(claimEventually(), NOTHING);
    assertThat(names()).containsExactly("a");
    move(claimEventually(), NOTHING);

    assertThat(names()).isEmpty();
  }

  @Test
  void a_name_that_is_put_after_nothing_was_found_begins_anew() throws Exception {
    put(index, "a");
    move(claimEventually(), NOTHING);

    put(other, "a");
    move(claimEventually(), NOTHING);

    assertThat(names()).containsExactly("a");
  }

  @Test
  void a_name_that_is_put_while_somebody_looks_a_last_time_stays() throws Exception {
    put(index, "a");
    move(claimEventually(), NOTHING);
    List<Claim> last = claimEventually();

    put(other, "a");
    move(last, NOTHING);

    assertThat(names()).containsExactly("a");
  }

  @Test
  void a_name_whose_claimer_died_is_given_to_the_next() throws Exception {
    put(index, "a");
    claimEventually();

    assertThat(claimEventually()).extracting(Claim::name).containsExactly("a");
  }

  @Test
  void one_whose_claim_was_taken_over_moves_nothing() throws Exception {
    put(index, "a");
    List<Claim> slow = claimEventually();
    claimEventually();
    String time = time("a");

    move(slow, 0);

    assertThat(time("a")).isEqualTo(time);
  }

  @Test
  void the_index_does_not_stay_for_ever() throws Exception {
    put(index, "a");

    assertThat(loop.on(() -> link.send(Command.PTTL, KEY)).toLong()).isPositive();
  }

  @Test
  void a_sweep_goes_on_while_there_is_more_and_ends_each_once() throws Exception {
    List<String> many = IntStream.range(0, 200).mapToObj(i -> "n" + i).toList();
    put(index, many.toArray(String[]::new));

    LeaseSweep first = sweep(index);
    LeaseSweep second = sweep(other);
    awaitEmpty();
    first.stop();
    second.stop();

    assertThat(reaped).hasSize(400);
    assertThat(new HashSet<>(reaped)).containsExactlyInAnyOrderElementsOf(many);
  }

  @Test
  void a_sweep_that_fails_is_followed_by_another() throws Exception {
    put(index, "a");
    List<String> asked = new ArrayList<>();

    LeaseSweep sweep =
        start(
            index,
            names -> {
              asked.addAll(names);
              return asked.size() == 1
                  ? Future.failedFuture("away")
                  : Future.succeededFuture(List.of(NOTHING));
            });
    awaitEmpty();
    sweep.stop();

    assertThat(asked).containsExactly("a", "a", "a");
  }

  /** The first call of a script that the server does not know is repeated, and so comes later. */
  private void makeScriptKnown() throws Exception {
    put(new LeaseIndex(link, KEY, LEASE), "first");
    while (names().isEmpty()) {
      Thread.onSpinWait();
    }
    loop.on(() -> link.send(Command.DEL, KEY));
  }

  private LeaseSweep sweep(LeaseIndex swept) throws Exception {
    return start(
        swept,
        names -> {
          reaped.addAll(names);
          return Future.succeededFuture(nCopies(names.size(), NOTHING));
        });
  }

  private LeaseSweep start(LeaseIndex swept, Function<List<String>, Future<List<Long>>> reaper)
      throws Exception {
    return loop.on(
        () -> Future.succeededFuture(LeaseSweep.start(loop.vertx, swept, new Turn(), reaper)));
  }

  private void put(LeaseIndex into, String... names) throws Exception {
    loop.on(
        () -> {
          into.put(List.of(names));
          return Future.succeededFuture();
        });
  }

  private List<Claim> claim(LeaseIndex from) throws Exception {
    return loop.on(from::claim);
  }

  private List<Claim> claimEventually() throws Exception {
    List<Claim> claims = claim(index);
    while (claims.isEmpty()) {
      claims = claim(index);
    }
    return claims;
  }

  private void move(List<Claim> claims, long delayMillis) throws Exception {
    loop.on(() -> index.move(claims, nCopies(claims.size(), delayMillis)));
  }

  private void awaitEmpty() throws Exception {
    while (!names().isEmpty()) {
      loop.on(() -> loop.vertx.timer(20));
    }
  }

  private List<String> names() throws Exception {
    return loop.on(() -> link.send(Command.ZRANGE, KEY, "0", "-1")).stream()
        .map(Object::toString)
        .toList();
  }

  private String time(String name) throws Exception {
    return loop.on(() -> link.send(Command.ZSCORE, KEY, name)).toString();
  }

  /** By Redis's clock, which is this machine's. */
  private static long millis() {
    return System.currentTimeMillis();
  }
}
