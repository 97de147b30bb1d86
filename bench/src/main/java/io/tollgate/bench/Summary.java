package io.tollgate.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Medians over the rounds, and how Tollgate stands in them to nginx and to another build of itself.
 */
record Summary(List<Sample> samples) {
  private static final String TOLLGATE = "tollgate";

  /** The median rate at which the target answered. */
  double perSecond(Scenario scenario, Load load, Target target) {
    return median(scenario, load.label(), target.name(), Sample::perSecond);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Scenario scenario : Scenario.values()) {
      if (!targets(scenario, "saturation").isEmpty()) {
        saturation(scenario, text);
      }
      if (!targets(scenario, "paced").isEmpty()) {
        paced(scenario, text);
      }
    }
    long errors = samples.stream().mapToLong(Sample::errors).sum();
    text.append(String.format(Locale.ROOT, "%nerrors: %d%n", errors));
    return text.toString();
  }

  private void saturation(Scenario scenario, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "%n%s at saturation   req/s   CPU us/req   Redis CPU us/req   p50 ms   p99 ms%n",
            scenario.label()));
    List<String> targets = targets(scenario, "saturation");
    for (String target : targets) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-16s %7.0f %12.1f %18.1f %8.2f %8.2f%n",
              target,
              saturation(scenario, target, Sample::perSecond),
              saturation(scenario, target, Sample::gatewayMicros),
              saturation(scenario, target, Sample::storeMicros),
              saturation(scenario, target, Sample::p50Micros) / 1000,
              saturation(scenario, target, Sample::p99Micros) / 1000));
    }
    for (String other : targets) {
      if (!other.equals(TOLLGATE)) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %-16s %6.2fx %11.2fx%s%n",
                "to " + other,
                ratio(scenario, other, Sample::perSecond),
                ratio(scenario, other, Sample::gatewayMicros),
                storeRatio(scenario, other)));
      }
    }
  }

  /** Nothing for a gateway without a store. */
  private String storeRatio(Scenario scenario, String other) {
    return saturation(scenario, other, Sample::storeMicros) == 0
        ? ""
        : String.format(Locale.ROOT, "%18.2fx", ratio(scenario, other, Sample::storeMicros));
  }

  private double ratio(Scenario scenario, String other, ToDoubleFunction<Sample> field) {
    return saturation(scenario, TOLLGATE, field) / saturation(scenario, other, field);
  }

  /** The gateways, in the order in which they were measured. */
  private List<String> targets(Scenario scenario, String load) {
    return samples.stream()
        .filter(sample -> sample.scenario().equals(scenario.label()) && sample.load().equals(load))
        .map(Sample::target)
        .filter(target -> !target.equals("upstream"))
        .distinct()
        .toList();
  }

  private void paced(Scenario scenario, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "%n%s at half of Tollgate's saturation (%.0f/s)   added to the upstream's own, ms%n"
                + "                    whole p50      p99   first byte p50      p99%n",
            scenario.label(),
            saturation(scenario, TOLLGATE, Sample::perSecond) / 2));
    for (String target : targets(scenario, "paced")) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-16s %10.2f %8.2f %16.2f %8.2f%n",
              target,
              added(scenario, target, Sample::p50Micros),
              added(scenario, target, Sample::p99Micros),
              added(scenario, target, Sample::firstByteP50Micros),
              added(scenario, target, Sample::firstByteP99Micros)));
    }
  }

  private double saturation(Scenario scenario, String target, ToDoubleFunction<Sample> field) {
    return median(scenario, "saturation", target, field);
  }

  private double added(Scenario scenario, String target, ToDoubleFunction<Sample> field) {
    return (median(scenario, "paced", target, field) - median(scenario, "paced", "upstream", field))
        / 1000;
  }

  private double median(
      Scenario scenario, String load, String target, ToDoubleFunction<Sample> field) {
    double[] values =
        samples.stream()
            .filter(sample -> sample.scenario().equals(scenario.label()))
            .filter(sample -> sample.load().equals(load) && sample.target().equals(target))
            .mapToDouble(field)
            .sorted()
            .toArray();
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }
}
