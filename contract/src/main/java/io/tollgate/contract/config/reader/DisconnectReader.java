package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ClientDisconnect;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code on_client_disconnect} of a route, with {@code disconnect_drain}. */
final class DisconnectReader {
  private static final Duration TIME = Duration.ofSeconds(30);
  private static final int BYTES = 1024 * 1024;
  private static final int MOST_BYTES = 1024 * 1024 * 1024;
  private static final String DRAIN = "drain";

  private DisconnectReader() {}

  static ClientDisconnect read(Section route) {
    Map<String, Boolean> words = new LinkedHashMap<>();
    words.put("cancel", false);
    words.put(DRAIN, true);
    boolean drains = route.value("on_client_disconnect").choice(words, false);
    Value bounds = route.value("disconnect_drain");
    if (!drains) {
      if (!bounds.isAbsent()) {
        bounds.fault("bounds of what is not done", "on_client_disconnect: drain beside it");
      }
      return ClientDisconnect.CANCEL;
    }
    try (Section drain = Section.optional(bounds)) {
      return new ClientDisconnect.Drain(
          drain.value("time").duration(Duration.ofMillis(100), Duration.ofHours(1), TIME),
          drain.value("bytes").number(1, MOST_BYTES, BYTES));
    }
  }
}
