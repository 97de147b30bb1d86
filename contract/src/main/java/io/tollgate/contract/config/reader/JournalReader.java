package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.JournalConfig.OnFull;
import io.tollgate.contract.config.JournalConfig.Sync;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code journal}. */
final class JournalReader {
  private static final long MIB = 1024 * 1024;
  private static final long DEFAULT_MAX_BYTES = 256 * MIB;
  private static final long LEAST_MAX_BYTES = 16 * MIB;
  private static final long MOST_MAX_BYTES = 64 * 1024 * MIB;
  private static final Map<String, Sync> SYNCS = new LinkedHashMap<>();
  private static final Map<String, OnFull> ON_FULL = new LinkedHashMap<>();

  static {
    SYNCS.put("never", Sync.NEVER);
    SYNCS.put("interval", Sync.INTERVAL);
    SYNCS.put("always", Sync.ALWAYS);
    ON_FULL.put("refuse", OnFull.REFUSE);
    ON_FULL.put("pass", OnFull.PASS);
  }

  private JournalReader() {}

  static JournalConfig read(Value value) {
    try (Section journal = Section.optional(value)) {
      boolean enabled = journal.value("enabled").flag(true);
      Sync sync = journal.value("sync").choice(SYNCS, Sync.INTERVAL);
      Value interval = journal.value("sync_interval");
      if (!interval.isAbsent() && sync != Sync.INTERVAL) {
        journal.warn("sync_interval is used with sync: interval only");
      }
      Value maxBytes = journal.value("max_bytes");
      return new JournalConfig(
          enabled,
          sync,
          interval.duration(Duration.ofMillis(10), Duration.ofMinutes(1), Duration.ofSeconds(1)),
          maxBytes.isAbsent()
              ? DEFAULT_MAX_BYTES
              : maxBytes.number(LEAST_MAX_BYTES, MOST_MAX_BYTES),
          journal
              .value("keep")
              .duration(Duration.ZERO, Duration.ofMinutes(30), Duration.ofSeconds(30)),
          journal.value("on_full").choice(ON_FULL, OnFull.REFUSE));
    }
  }
}
