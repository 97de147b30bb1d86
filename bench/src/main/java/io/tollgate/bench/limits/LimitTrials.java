package io.tollgate.bench.limits;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** All measurements of one run, with their raw rows. */
public final class LimitTrials {
  public static final String HEADER = "trial,subject,measure,value";

  private final Path dir;
  private final List<String> rows = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private boolean allHeld = true;

  /**
   * @param dir for the data of the Redis servers
   */
  public LimitTrials(Path dir) {
    this.dir = dir;
  }

  /** The same load and the same retries for each algorithm. */
  public void exactness(Duration load, int retries) throws IOException {
    for (Counting counting : Counting.values()) {
      try (LimiterRig rig = rig("bound-" + counting.label(), counting.rule())) {
        BoundTrial trial = new BoundTrial(rig);
        trial.run(load);
        bound(counting, trial);
      }
      try (LimiterRig rig = rig("wait-" + counting.label(), counting.rule())) {
        WaitTrial trial = new WaitTrial(rig);
        trial.run(retries);
        waits(counting, trial.errorsMillis());
      }
    }
  }

  /** All rule sets in turns; the first round warms up. */
  public void cost(int rounds, int requests) throws IOException {
    Map<RuleSet, LimiterRig> rigs = new EnumMap<>(RuleSet.class);
    Map<RuleSet, List<CostTrial.Cost>> costs = new EnumMap<>(RuleSet.class);
    try {
      for (RuleSet set : RuleSet.values()) {
        rigs.put(set, rig("cost-" + set, set.rules()));
        costs.put(set, new ArrayList<>());
      }
      for (int round = 0; round <= rounds; round++) {
        for (RuleSet set : RuleSet.values()) {
          CostTrial.Cost cost =
              new CostTrial(Objects.requireNonNull(rigs.get(set)), round).run(requests);
          if (round > 0) {
            Objects.requireNonNull(costs.get(set)).add(cost);
          }
        }
      }
    } finally {
      for (LimiterRig rig : rigs.values()) {
        rig.close();
      }
    }
    double base = median(Objects.requireNonNull(costs.get(RuleSet.ONE_RULE)));
    costs.forEach((set, all) -> cost(set, all, base));
  }

  public List<String> rows() {
    return rows;
  }

  public String text() {
    return text.toString();
  }

  /** Whether no interval saw more than its algorithm allows. */
  public boolean allHeld() {
    return allHeld;
  }

  private void bound(Counting counting, BoundTrial trial) {
    double ratio = (double) trial.fullest() / Counting.AMOUNT;
    allHeld &= trial.fullest() <= counting.allowed();
    row("bound", counting.label(), "fullest_interval_tokens", (double) trial.fullest());
    row("bound", counting.label(), "allowed_tokens", (double) counting.allowed());
    row("bound", counting.label(), "requests", trial.asked());
    row("bound", counting.label(), "refused", trial.refused());
    say(
        "%-15s fullest interval of a period: %.3f of the amount, at most %.3f; %d of %d refused",
        counting.label(),
        ratio,
        (double) counting.allowed() / Counting.AMOUNT,
        trial.refused(),
        trial.asked());
  }

  private void waits(Counting counting, List<Double> errors) {
    errors.forEach(error -> row("wait", counting.label(), "error_ms", error));
    List<Double> sorted = new ArrayList<>(errors);
    Collections.sort(sorted);
    say(
        "%-15s retry passes after the time told: median %.1f ms, p99 %.1f ms, max %.1f ms, min %.1f",
        counting.label(),
        sorted.get(sorted.size() / 2),
        sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1),
        sorted.getLast(),
        sorted.getFirst());
  }

  private void cost(RuleSet set, List<CostTrial.Cost> all, double base) {
    String name = set.name().toLowerCase(Locale.ROOT);
    for (CostTrial.Cost each : all) {
      row("cost", name, "cpu_micros", each.cpuMicros());
      row("cost", name, "script_calls", each.calls());
    }
    say(
        "%-15s CPU per request: %.2f of one rule's; script calls per request: %.2f",
        name, median(all) / base, all.getFirst().calls());
  }

  private static double median(List<CostTrial.Cost> costs) {
    List<Double> micros = new ArrayList<>();
    costs.forEach(cost -> micros.add(cost.cpuMicros()));
    Collections.sort(micros);
    return micros.get(micros.size() / 2);
  }

  private LimiterRig rig(String name, String rules) throws IOException {
    return LimiterRig.start(Files.createDirectories(dir.resolve(name)), rules);
  }

  private void row(String trial, String subject, String measure, double value) {
    rows.add("%s,%s,%s,%.3f".formatted(trial, subject, measure, value));
  }

  @FormatMethod
  private void say(@FormatString String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }
}
