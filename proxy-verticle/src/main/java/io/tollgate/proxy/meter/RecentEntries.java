package io.tollgate.proxy.meter;

import java.util.LinkedHashMap;
import java.util.Map;

/** A bounded map that gives up the entry that was not used for longest. */
public final class RecentEntries<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1;

  private final int maxEntries;

  public RecentEntries(int maxEntries) {
    super(16, 0.75f, true);
    this.maxEntries = maxEntries;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > maxEntries;
  }
}
