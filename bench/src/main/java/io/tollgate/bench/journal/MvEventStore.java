package io.tollgate.bench.journal;

import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.usage.UsageEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** Events in a map of H2's MVStore, by number. */
final class MvEventStore implements EventStore {
  private final MVStore store;
  private final MVMap<Long, byte[]> map;
  private final boolean commitsEach;
  private long last;

  MvEventStore(Path dir, boolean commitsEach) {
    this.store = new MVStore.Builder().fileName(dir.resolve("events.mv").toString()).open();
    this.map = store.openMap("events");
    this.commitsEach = commitsEach;
    this.last = map.isEmpty() ? 0 : map.lastKey();
  }

  @Override
  public void append(List<UsageEvent> events, LongConsumer nanos) {
    for (UsageEvent event : events) {
      long start = System.nanoTime();
      map.put(++last, RecordJson.write(event));
      if (commitsEach) {
        store.commit();
      }
      nanos.accept(System.nanoTime() - start);
    }
  }

  @Override
  public long count() {
    return map.sizeAsLong();
  }

  @Override
  public void close() {
    store.close();
  }
}
