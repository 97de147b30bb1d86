package io.tollgate.proxy.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The unconfirmed events of one event loop, in the order in which they came; one that is older than
 * all others goes before them. Any of them leaves at no cost.
 */
final class EntryList {
  private @Nullable Entry oldest;
  private @Nullable Entry newest;
  private int size;

  void add(Entry entry) {
    size++;
    Entry first = oldest;
    Entry last = newest;
    if (first == null || last == null) {
      oldest = entry;
      newest = entry;
    } else if (entry.atMillis() < first.atMillis()) {
      entry.newer = first;
      first.older = entry;
      oldest = entry;
    } else {
      entry.older = last;
      last.newer = entry;
      newest = entry;
    }
  }

  void remove(Entry entry) {
    Entry older = entry.older;
    Entry newer = entry.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    entry.older = null;
    entry.newer = null;
    size--;
  }

  int size() {
    return size;
  }

  @Nullable Entry oldest() {
    return oldest;
  }

  List<Entry> all(Predicate<Entry> condition) {
    List<Entry> found = new ArrayList<>();
    for (Entry entry = oldest; entry != null; entry = entry.newer) {
      if (condition.test(entry)) {
        found.add(entry);
      }
    }
    return found;
  }
}
