package io.tollgate.contract.hold;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long a limit's window or a quota's period is.
 *
 * @param count of units, at least one
 * @param zone the IANA time zone in whose calendar periods begin, as at midnight or on the first of
 *     a month; null when a period begins with its first use
 */
public record Period(long count, Unit unit, @Nullable String zone) {
  /** What periods are measured in. Days and longer ones differ in length by time zone. */
  public enum Unit {
    MILLISECOND(1),
    SECOND(1000),
    MINUTE(60_000),
    HOUR(3_600_000),
    DAY(86_400_000),
    WEEK(7 * 86_400_000L),
    MONTH(30 * 86_400_000L);

    private final long millis;

    Unit(long millis) {
      this.millis = millis;
    }

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A period that begins with its first use. */
  public static Period ofSeconds(long seconds) {
    return new Period(seconds, Unit.SECOND, null);
  }

  public static Period of(Duration length) {
    return length.toMillis() % 1000 == 0
        ? ofSeconds(length.toSeconds())
        : new Period(length.toMillis(), Unit.MILLISECOND, null);
  }

  /** Its usual length: a month has 30 days, a day 24 hours. */
  public long millis() {
    return Math.multiplyExact(count, unit.millis);
  }

  /**
   * Its name in Redis keys: whole seconds, as gateways before Tollgate have it, where its length is
   * always the same; else such as {@code month} or {@code 500ms}.
   */
  public String label() {
    return switch (unit) {
      case MONTH -> count == 1 ? "month" : count + "months";
      case MILLISECOND -> count + "ms";
      case SECOND, MINUTE, HOUR, DAY, WEEK -> Long.toString(millis() / 1000);
    };
  }
}
