package io.tollgate.contract.config.reader;

import java.time.ZoneId;
import java.util.Set;

/** Time zones by their IANA names. */
final class TimeZones {
  static final String UTC = "UTC";

  private static final String ALLOWED = "an IANA time zone, such as Europe/Berlin or UTC";

  private TimeZones() {}

  /** The name of a zone that exists. */
  static String read(Value value) {
    String name = value.text(ALLOWED);
    Set<String> names = ZoneId.getAvailableZoneIds();
    if (!name.isBlank() && !names.contains(name)) {
      value.fault(ALLOWED + Spelling.didYouMean(name, names));
    }
    return names.contains(name) ? name : UTC;
  }
}
