package io.tollgate.deploy;

import io.tollgate.contract.config.TollgateConfig;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Says that the node serves, where, and how long that took. */
final class ReadyLine {
  private ReadyLine() {}

  static String of(TollgateConfig config, OpenPorts ports) {
    String where = ports.toString();
    return "Tollgate %s: node %s is ready after %s%s"
        .formatted(
            Version.text(), config.node().name(), elapsed(), where.isEmpty() ? "" : ": " + where);
  }

  /** Since the JVM was started. */
  static String elapsed() {
    long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
