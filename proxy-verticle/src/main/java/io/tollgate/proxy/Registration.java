package io.tollgate.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.stream.IntStream;

/** Makes meters of one name that differ by their labels, each when it is first used. */
record Registration(MeterRegistry registry) {
  MeterCache<Counter> counters(String name, String description, String... labels) {
    return new MeterCache<>(
        values ->
            Counter.builder(name)
                .description(description)
                .tags(tags(labels, values))
                .register(registry));
  }

  MeterCache<Timer> timers(String name, String description, String... labels) {
    return new MeterCache<>(
        values ->
            Timer.builder(name)
                .description(description)
                .publishPercentileHistogram()
                .tags(tags(labels, values))
                .register(registry));
  }

  private static List<Tag> tags(String[] labels, List<String> values) {
    return IntStream.range(0, labels.length)
        .mapToObj(i -> Tag.of(labels[i], values.get(i)))
        .toList();
  }
}
