package io.tollgate.proxy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Meters of one name by the values of their labels, found without asking the registry each time.
 * Bounded: beyond a number of combinations, new ones are counted under {@code other}. Thread-safe.
 */
final class MeterCache<M> {
  private static final int MAX_METERS = 10_000;

  private final Map<List<String>, M> meters = new ConcurrentHashMap<>();
  private final Function<List<String>, M> registration;

  MeterCache(Function<List<String>, M> registration) {
    this.registration = registration;
  }

  M of(String... labels) {
    List<String> values = List.of(labels);
    M known = meters.get(values);
    if (known != null) {
      return known;
    }
    List<String> counted =
        meters.size() < MAX_METERS ? values : values.stream().map(any -> ModelNames.OTHER).toList();
    return meters.computeIfAbsent(counted, registration);
  }
}
