package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LogConfig;
import io.tollgate.contract.config.LogConfig.Target;

/** {@code log}. */
final class LogReader {
  private static final String ALLOWED =
      "stdout, off, or a path with a slash such as ./decisions.log";

  private LogReader() {}

  static LogConfig read(Value value) {
    try (Section log = Section.optional(value)) {
      Value decisions = log.value("decisions");
      String target = decisions.text(ALLOWED, "stdout");
      return switch (target) {
        case "stdout" -> new LogConfig(Target.STDOUT, null);
        case "off" -> new LogConfig(Target.OFF, null);
        default -> file(decisions, target);
      };
    }
  }

  private static LogConfig file(Value decisions, String target) {
    if (!target.isBlank() && !target.contains("/")) {
      decisions.fault(ALLOWED);
    }
    return new LogConfig(Target.FILE, Paths.read(decisions));
  }
}
