package io.tollgate.bench;

import io.tollgate.bench.Load.Measured;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Puts targets under load in turns: first, second, first, second, so that drift meets all. */
final class Course {
  private final Rig rig;
  private final int rounds;
  private final Duration length;
  private final Consumer<Sample> samples;

  Course(Rig rig, int rounds, Duration length, Consumer<Sample> samples) {
    this.rig = rig;
    this.rounds = rounds;
    this.length = length;
    this.samples = samples;
  }

  void warmUp(Load load, Scenario scenario, Duration warmUp)
      throws IOException, InterruptedException {
    for (Target target : rig.gateways()) {
      Measured measured = load.run(target, scenario, warmUp);
      if (measured.requests() == 0) {
        throw new IOException(
            target.name() + " does not answer " + scenario.label() + " requests: " + measured);
      }
    }
  }

  void run(Load load, Scenario scenario, List<Target> targets)
      throws IOException, InterruptedException {
    for (int round = 1; round <= rounds; round++) {
      for (Target target : targets) {
        rig.requireAlive();
        Sample sample = measure(load, scenario, round, target, length);
        System.out.println(sample.line());
        samples.accept(sample);
      }
    }
  }

  /** What the target does under that load for so long. */
  static Sample measure(Load load, Scenario scenario, int round, Target target, Duration length)
      throws IOException, InterruptedException {
    Duration gateway = target.gatewayCpu();
    Duration store = target.storeCpu();
    Measured measured = load.run(target, scenario, length);
    return new Sample(
        scenario.label(),
        load.label(),
        round,
        target.name(),
        measured.seconds(),
        measured.requests(),
        measured.errors(),
        measured.p50Micros(),
        measured.p99Micros(),
        measured.firstByteP50Micros(),
        measured.firstByteP99Micros(),
        target.gatewayCpu().minus(gateway),
        target.storeCpu().minus(store));
  }
}
