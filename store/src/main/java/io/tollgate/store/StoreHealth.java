package io.tollgate.store;

import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a store is, as all links of this node see it: well when every one of them says so. Each kind
 * of fault is told once until the store is well again. Thread-safe.
 */
final class StoreHealth {
  /** A fault has passed when it was not met again for so long: not each answer ends an outage. */
  private static final Duration QUIET = Duration.ofMillis(1500);

  private static final Logger log = LoggerFactory.getLogger(StoreHealth.class);

  private record Seen(StoreFault fault, long atNanos) {}

  private final String store;
  private final Map<RedisLink, Seen> faults = new LinkedHashMap<>();
  private final Set<StoreFault.Kind> told = EnumSet.noneOf(StoreFault.Kind.class);
  private long faultySinceNanos;

  StoreHealth(String store) {
    this.store = store;
  }

  synchronized void faulty(RedisLink link, StoreFault fault) {
    long now = System.nanoTime();
    if (faults.isEmpty()) {
      faultySinceNanos = now;
    }
    faults.put(link, new Seen(fault, now));
    if (told.add(fault.kind())) {
      log.warn("{}. Meanwhile limits and quotas there do what their fail says", fault.getMessage());
    }
  }

  /** The link's server has shown that it can serve. */
  synchronized void well(RedisLink link) {
    Seen seen = faults.get(link);
    if (seen != null && System.nanoTime() - seen.atNanos() >= QUIET.toNanos()) {
      left(link);
    }
  }

  /** The link is closed, or leads to nobody that is needed. */
  synchronized void left(RedisLink link) {
    if (faults.remove(link) != null && faults.isEmpty()) {
      told.clear();
      log.info(
          "store {}: serves again, after {} s",
          store,
          Duration.ofNanos(System.nanoTime() - faultySinceNanos).toSeconds());
    }
  }

  /** What is wrong, in words for the operator; empty when nothing is. */
  synchronized Optional<String> fault() {
    return faults.values().stream().findFirst().map(seen -> seen.fault().getMessage());
  }
}
