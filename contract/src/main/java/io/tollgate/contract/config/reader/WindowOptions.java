package io.tollgate.contract.config.reader;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a limit counts, where it does not say so itself: a window goes by its own words, else by
 * those of its entry, else by those of the block.
 *
 * @param zone in whose calendar fixed windows begin; null when they begin with their first use
 * @param burst of buckets; null for what is usual
 */
record WindowOptions(
    Algorithm algorithm, Count count, @Nullable String zone, @Nullable Long burst) {
  static final WindowOptions USUAL =
      new WindowOptions(Algorithm.FIXED_WINDOW, Count.TOTAL, null, null);

  private static final Map<String, Algorithm> ALGORITHMS = new LinkedHashMap<>();
  private static final Map<String, Boolean> ANCHORS = new LinkedHashMap<>();

  static {
    for (Algorithm algorithm : Algorithm.values()) {
      if (algorithm != Algorithm.CONCURRENCY) {
        ALGORITHMS.put(algorithm.label(), algorithm);
      }
    }
    ANCHORS.put("first_use", false);
    ANCHORS.put("calendar", true);
  }

  /** These, but for what the section says. */
  WindowOptions within(Section section) {
    Value ownBurst = section.value("burst");
    return new WindowOptions(
        section.value("algorithm").choice(ALGORITHMS, algorithm),
        CountReader.read(section.value("count"), count),
        zone(section.value("anchor"), section.value("time_zone")),
        ownBurst.isAbsent()
            ? burst
            : Long.valueOf(ownBurst.number(1, LimitWindowReader.MOST_TOKENS)));
  }

  private @Nullable String zone(Value anchor, Value timeZone) {
    boolean calendar = anchor.choice(ANCHORS, !timeZone.isAbsent() || zone != null);
    if (!calendar && !timeZone.isAbsent()) {
      timeZone.fault(
          timeZone.found() + " for windows that begin with their first use",
          "anchor: calendar, or no time_zone");
    }
    String own = timeZone.isAbsent() ? null : TimeZones.read(timeZone);
    if (!calendar) {
      return null;
    }
    if (own != null) {
      return own;
    }
    return zone == null ? TimeZones.UTC : zone;
  }

  /** The zone that a window's period goes by. */
  @Nullable String zoneOfPeriod() {
    return algorithm == Algorithm.FIXED_WINDOW ? zone : null;
  }

  /** A limit that goes by these. */
  LimitTerms terms(Count counted, long amount, Period period) {
    return new LimitTerms(algorithm, period, counted, amount, burst(amount, period));
  }

  private long burst(long amount, Period period) {
    if (!isBucket(algorithm)) {
      return amount;
    }
    if (burst != null) {
      return burst;
    }
    // What runs off in a second.
    return algorithm == Algorithm.TOKEN_BUCKET
        ? amount
        : Math.max(1, (long) ((double) amount * 1000 / period.millis()));
  }

  /** Reports what the section says and none of the limits below it goes by. */
  static void check(Section section, List<LimitTerms> below) {
    if (below.isEmpty()) {
      return;
    }
    unless(
        below,
        section,
        "burst",
        limit -> isBucket(limit.algorithm()),
        "token_bucket or leaky_bucket");
    unless(
        below,
        section,
        "time_zone",
        limit -> limit.algorithm() == Algorithm.FIXED_WINDOW,
        "fixed_window");
    unless(
        below,
        section,
        "anchor",
        limit -> limit.algorithm() == Algorithm.FIXED_WINDOW,
        "fixed_window");
    unless(
        below,
        section,
        "algorithm",
        limit -> limit.algorithm() != Algorithm.CONCURRENCY,
        "tokens or requests");
    unless(below, section, "count", WindowOptions::countsTokens, "tokens");
    List<LimitTerms> buckets = below.stream().filter(limit -> isBucket(limit.algorithm())).toList();
    if (section.has("burst")
        && buckets.stream().anyMatch(WindowOptions::countsTokens)
        && !buckets.stream().allMatch(WindowOptions::countsTokens)) {
      section.faultAt(
          "burst",
          "one burst for limits of tokens and of requests",
          "a burst beside each of them, in windows");
    }
  }

  private static void unless(
      List<LimitTerms> below,
      Section section,
      String key,
      Predicate<LimitTerms> uses,
      String where) {
    if (section.has(key) && below.stream().noneMatch(uses)) {
      section.faultAt(
          key,
          key + " where no limit goes by it (" + key + " is for limits of " + where + ")",
          "no " + key + ", or a limit of " + where);
    }
  }

  private static boolean isBucket(Algorithm algorithm) {
    return algorithm == Algorithm.TOKEN_BUCKET || algorithm == Algorithm.LEAKY_BUCKET;
  }

  private static boolean countsTokens(LimitTerms limit) {
    return !limit.count().equals(Count.REQUESTS);
  }
}
