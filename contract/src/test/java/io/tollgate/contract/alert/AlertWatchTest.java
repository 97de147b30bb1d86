package io.tollgate.contract.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.wire.Wire;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a store is asked who may tell, and what is told. */
class AlertWatchTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Alert> delivered = new CopyOnWriteArrayList<>();
  private final List<String> claimed = new ArrayList<>();
  private AlertService delivery =
      alert -> {
        delivered.add(alert);
        return Future.succeededFuture(Acknowledged.YES);
      };
  private Future<Boolean> answer = Future.succeededFuture(true);
  private Vertx vertx;
  private AlertWatch watch;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    Wire.register(vertx);
    watch = new AlertWatch(new Alarm(alert -> delivery.raise(alert), meters), nanos::get);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void a_level_that_is_told_costs_the_store_nothing_until_its_window_ends() {
    saw("c", 60);
    saw("c", 70);
    assertThat(claimed).containsExactly("{c}:alert:50");

    pass(HOUR.plusMillis(1));
    saw("c", 70);

    assertThat(claimed).containsExactly("{c}:alert:50", "{c}:alert:50");
    assertThat(delivered).hasSize(2);
  }

  @Test
  void all_levels_that_are_reached_at_once_are_told_each() {
    saw("c", 150);

    assertThat(delivered).extracting(Alert::level).containsExactly(50, 80, 100);
  }

  @Test
  void who_is_not_the_first_says_nothing_and_asks_again_some_time() {
    answer = Future.succeededFuture(false);
    saw("c", 60);
    pass(Duration.ofSeconds(9));
    saw("c", 60);
    assertThat(claimed).hasSize(1);

    pass(Duration.ofSeconds(2));
    answer = Future.succeededFuture(true);
    saw("c", 60);

    assertThat(claimed).hasSize(2);
    assertThat(delivered).hasSize(1);
  }

  @Test
  void a_store_that_is_away_is_asked_once_a_second() {
    answer = Future.failedFuture("away");
    saw("c", 60);
    saw("c", 60);
    assertThat(claimed).hasSize(1);

    pass(Duration.ofMillis(1001));
    answer = Future.succeededFuture(true);
    saw("c", 60);

    assertThat(delivered).hasSize(1);
  }

  @Test
  void a_store_that_has_not_answered_yet_is_not_asked_again() {
    Promise<Boolean> late = Promise.promise();
    answer = late.future();
    saw("c", 60);
    saw("c", 60);
    late.complete(true);

    assertThat(claimed).hasSize(1);
    assertThat(delivered).hasSize(1);
  }

  @Test
  void what_was_told_longest_ago_is_forgotten_when_there_is_too_much_of_it() {
    saw("first", 60);
    IntStream.range(0, AlertWatch.MOST_TOLD - 1).forEach(i -> saw("c" + i, 60));
    claimed.clear();

    saw("first", 60);
    assertThat(claimed).isEmpty();
    saw("one more", 60);
    saw("c0", 60);

    assertThat(claimed).containsExactly("{one more}:alert:50", "{c0}:alert:50");
  }

  @Test
  void an_alert_that_nobody_delivers_is_published_and_counted_all_the_same() throws Exception {
    LinkedBlockingQueue<Alert> heard = new LinkedBlockingQueue<>();
    Alert.TOPIC.subscribe(vertx, heard::add);
    delivery = alert -> Future.failedFuture("nobody plays admin");

    saw("c", 60);

    Alert alert = heard.poll(10, TimeUnit.SECONDS);
    assertThat(alert).isNotNull();
    assertThat(alert.level()).isEqualTo(50);
    assertThat(
            meters
                .get("tollgate.alerts")
                .tags("kind", "quota", "rule", "monthly", "level", "50")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Property
  void exactly_the_levels_up_to_the_used_share_are_reached(
      @ForAll @Size(max = 6) @UniqueElements List<@IntRange(min = 1, max = 1000) Integer> levels,
      @ForAll @LongRange(max = 3000) long used,
      @ForAll @LongRange(min = 1, max = 1000) long limit) {
    List<Integer> rising = levels.stream().sorted().toList();

    assertThat(Levels.reached(rising, used, limit))
        .containsExactlyElementsOf(
            rising.stream().filter(level -> used * 100 >= level * limit).toList());
  }

  private void saw(String counter, long used) {
    watch.saw(
        vertx,
        new AlertWatch.Use("node", counter, List.of(50, 80, 100), used, 100, HOUR),
        (key, life) -> {
          assertThat(life).isEqualTo(HOUR);
          claimed.add(key);
          return answer;
        },
        level ->
            new Alert(
                "id",
                Alert.Kind.QUOTA,
                "monthly",
                "ann",
                level,
                used,
                100,
                "tokens",
                "month",
                false,
                "node-1",
                0));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
