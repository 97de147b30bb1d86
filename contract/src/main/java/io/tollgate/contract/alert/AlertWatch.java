package io.tollgate.contract.alert;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Notices that counters reach their levels, and raises each alert once: the store decides which
 * node may. What this node knows to be told is not asked for again. One for all event loops of a
 * node; thread-safe, and bounded in memory.
 */
public final class AlertWatch {
  /** Counters and levels that are told; those seen longest ago are forgotten beyond this. */
  static final int MOST_TOLD = 20_000;

  /** A store that could not be asked is asked again, but not by every request. */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(1);

  /** Who was not the first asks again, as the window of the first may be over sooner than ours. */
  private static final Duration AFTER_OTHERS = Duration.ofSeconds(10);

  /**
   * How much of a limit is used.
   *
   * @param store the id of the counter's store
   * @param counter the counter's Redis key, with whatever tells its windows apart that do not end
   *     by themselves
   * @param levels in percent, in rising order
   * @param life how long an alert stays told: until the window ends
   */
  public record Use(
      String store, String counter, List<Integer> levels, long used, long limit, Duration life) {}

  /** Makes sure that one node does what several could do. */
  @FunctionalInterface
  public interface Claim {
    /**
     * @param key in the counter's slot
     * @return whether nobody has claimed it before; asked for again later when it fails
     */
    Future<Boolean> take(String key, Duration life);
  }

  private final Alarm alarm;
  private final LongSupplier nanos;
  private final Map<String, Long> toldUntilNanos =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_TOLD;
        }
      };

  public AlertWatch(Alarm alarm) {
    this(alarm, System::nanoTime);
  }

  AlertWatch(Alarm alarm, LongSupplier nanos) {
    this.alarm = alarm;
    this.nanos = nanos;
  }

  /** Shows a rule's levels in the metrics before any of them is reached. */
  public void watch(Alert.Kind kind, String rule, List<Integer> levels) {
    alarm.watch(kind, rule, levels);
  }

  /**
   * Called on an event loop; nobody waits for what comes of it.
   *
   * @param alert makes the alert for a level
   */
  public void saw(Vertx vertx, Use use, Claim claim, IntFunction<Alert> alert) {
    for (int level : Levels.reached(use.levels(), use.used(), use.limit())) {
      String told = use.store() + '|' + use.counter() + '|' + level;
      if (isNews(told, use.life())) {
        claim
            .take('{' + use.counter() + "}:alert:" + level, use.life())
            .onComplete(
                first -> {
                  if (first) {
                    alarm.raise(vertx, alert.apply(level));
                  } else {
                    lookAgain(told, use.life(), AFTER_OTHERS);
                  }
                },
                fault -> lookAgain(told, use.life(), AFTER_FAULT));
      }
    }
  }

  private synchronized boolean isNews(String told, Duration life) {
    long now = nanos.getAsLong();
    Long until = toldUntilNanos.get(told);
    if (until != null && until - now > 0) {
      return false;
    }
    toldUntilNanos.put(told, now + life.toNanos());
    return true;
  }

  private synchronized void lookAgain(String told, Duration life, Duration pause) {
    Duration soon = pause.compareTo(life) < 0 ? pause : life;
    toldUntilNanos.put(told, nanos.getAsLong() + soon.toNanos());
  }
}
