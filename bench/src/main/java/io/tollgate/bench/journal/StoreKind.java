package io.tollgate.bench.journal;

import java.nio.file.Path;
import java.util.Locale;

/** The ways that are compared. */
enum StoreKind {
  /** Tollgate's own: memory-mapped segments. */
  MAPPED,
  /** H2's MVStore, which commits each second by itself. */
  MVSTORE,
  /** The same, with a commit for each event. */
  MVSTORE_COMMIT,
  /** SQLite with a write-ahead log and a transaction for each event, synced at checkpoints. */
  SQLITE;

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  EventStore open(Path dir) throws Exception {
    return switch (this) {
      case MAPPED -> new MappedStore(dir);
      case MVSTORE -> new MvEventStore(dir, false);
      case MVSTORE_COMMIT -> new MvEventStore(dir, true);
      case SQLITE -> new SqliteStore(dir);
    };
  }
}
