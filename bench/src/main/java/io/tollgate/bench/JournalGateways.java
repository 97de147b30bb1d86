package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** One gateway for each way to keep a journal, before one upstream; they take load in turns. */
final class JournalGateways implements AutoCloseable {
  private final Deque<Child> children = new ArrayDeque<>();
  private final Map<JournalVariant, Target> targets = new EnumMap<>(JournalVariant.class);
  private final List<Sample> samples = new ArrayList<>();

  static JournalGateways start(Path home, Path dir) throws IOException, InterruptedException {
    JournalGateways gateways = new JournalGateways();
    try {
      gateways.open(home, dir);
      return gateways;
    } catch (IOException | InterruptedException | RuntimeException e) {
      gateways.close();
      throw e;
    }
  }

  private void open(Path home, Path dir) throws IOException, InterruptedException {
    int upstreamPort = Loopback.freePort();
    Child upstream = Rig.fixedProvider(upstreamPort, 0, dir);
    children.push(upstream);
    Loopback.awaitAnswer(upstream, upstreamPort, "/");
    for (JournalVariant variant : JournalVariant.values()) {
      int port = Loopback.freePort();
      int adminPort = Loopback.freePort();
      Path own = Files.createDirectories(dir.resolve(variant.label()));
      Child node = Node.start(home, port, adminPort, upstreamPort, own, variant.settings());
      children.push(node);
      Loopback.awaitAnswer(node, adminPort, "/healthz/ready");
      Node.fillQuota(adminPort);
      targets.put(variant, new Target("journal-" + variant.label(), port, node, false));
    }
  }

  void run(Load load, Scenario scenario, int rounds, Duration length, Duration warmUp)
      throws IOException, InterruptedException {
    for (Target target : targets.values()) {
      load.run(target, scenario, warmUp);
    }
    for (int round = 1; round <= rounds; round++) {
      for (Target target : targets.values()) {
        for (Child child : children) {
          child.requireAlive();
        }
        Sample sample = Course.measure(load, scenario, round, target, length);
        System.out.println(sample.line());
        samples.add(sample);
      }
    }
  }

  List<Sample> samples() {
    return samples;
  }

  /** Medians over the rounds, and what they are of those without a journal. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Scenario scenario : Scenario.values()) {
      if (samples.stream().anyMatch(sample -> sample.scenario().equals(scenario.label()))) {
        text(scenario, text);
      }
    }
    return text.toString();
  }

  private void text(Scenario scenario, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "%n%s: journal    req/s   x off   CPU us/req   x off   p50 ms   p99 ms%n",
            scenario.label()));
    for (JournalVariant variant : JournalVariant.values()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-10s %9.0f %7.2f %12.1f %7.2f %8.2f %8.2f%n",
              variant.label(),
              median(scenario, variant, Sample::perSecond),
              ratio(scenario, variant, Sample::perSecond),
              median(scenario, variant, Sample::gatewayMicros),
              ratio(scenario, variant, Sample::gatewayMicros),
              median(scenario, variant, Sample::p50Micros) / 1e3,
              median(scenario, variant, Sample::p99Micros) / 1e3));
    }
  }

  private double ratio(Scenario scenario, JournalVariant variant, ToDoubleFunction<Sample> field) {
    return median(scenario, variant, field) / median(scenario, JournalVariant.OFF, field);
  }

  private double median(Scenario scenario, JournalVariant variant, ToDoubleFunction<Sample> field) {
    double[] values =
        samples.stream()
            .filter(sample -> sample.scenario().equals(scenario.label()))
            .filter(sample -> sample.target().equals("journal-" + variant.label()))
            .mapToDouble(field)
            .sorted()
            .toArray();
    return values.length == 0 ? Double.NaN : values[values.length / 2];
  }

  @Override
  public void close() {
    children.forEach(Child::close);
  }
}
