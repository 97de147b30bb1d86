package io.tollgate.deploy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.ConfigFault;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what became of changes of the rules: a line for each, or for each fault, and metrics. */
final class ReloadLog {
  /** Where a change came from. */
  enum Source {
    FILE,
    EDIT
  }

  private static final Logger log = LoggerFactory.getLogger(ReloadLog.class);

  private final MeterRegistry meters;
  private final AtomicLong version;

  ReloadLog(MeterRegistry meters) {
    this.meters = meters;
    this.version = new AtomicLong();
    meters.gauge("tollgate.config.version", version);
    for (Source source : Source.values()) {
      counter(source, "applied");
      counter(source, "unchanged");
      counter(source, "refused");
    }
  }

  /**
   * @param edits the version of the edits
   * @param changes whether other rules are in force than before
   */
  void applied(Source from, long edits, String fingerprint, boolean changes) {
    version.set(edits);
    counter(from, changes ? "applied" : "unchanged").increment();
    if (changes) {
      log.info("rules {} are in force: version {} of the edits", fingerprint, edits);
    }
  }

  void refused(Source from, List<ConfigFault> faults) {
    counter(from, "refused").increment();
    log.warn(
        "{} not in force, all stays as it was; faults: {}",
        from == Source.FILE ? "the changed file is" : "the edited rules are",
        faults.size());
    faults.forEach(fault -> log.warn("{}", fault));
  }

  private Counter counter(Source source, String result) {
    return Counter.builder("tollgate.config.reload")
        .description("Changes of the rules while the node runs")
        .tag("source", source.name().toLowerCase(Locale.ROOT))
        .tag("result", result)
        .register(meters);
  }
}
