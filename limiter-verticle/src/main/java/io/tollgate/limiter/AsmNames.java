package io.tollgate.limiter;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What buckets are called in Redis. As in ASM's example, {@code <key>} is the balance and {@code
 * <key>_last_fill_time} the time of the last fill, so that balances which exist go on; in a Redis
 * Cluster the second is {@code {<key>}_last_fill_time}, as both must be in one slot.
 *
 * <p>Keys come from callers. One that is very long, that can't have a second key in its slot, or
 * that would name something else of ours, is kept under its hash instead.
 */
final class AsmNames {
  private static final String FILLED = "_last_fill_time";
  private static final String HASHED = "tollgate:asm:";
  private static final int LONGEST = 1024;

  private final boolean inCluster;
  private final List<String> reserved;

  /**
   * @param reserved what begins the names of other things in the same Redis
   */
  AsmNames(boolean inCluster, List<String> reserved) {
    this.inCluster = inCluster;
    this.reserved = List.copyOf(reserved);
  }

  static AsmNames in(TollgateConfig config, String store) {
    List<String> reserved = new ArrayList<>(List.of("tollgate:", "higress-token-ratelimit:"));
    for (RouteConfig route : config.routes()) {
      QuotaBlock quota = route.quota();
      if (quota != null && quota.store().equals(store)) {
        reserved.add(quota.redisKeyPrefix());
      }
    }
    return new AsmNames(config.stores().get(store) instanceof StoreConfig.Cluster, reserved);
  }

  AsmBucket.Keys of(String key) {
    String balance = isPlain(key) ? key : HASHED + KeyHash.of(key);
    if (inCluster && hasTag(balance)) {
      return new AsmBucket.Keys(balance, balance + FILLED, balance);
    }
    String tagged = '{' + balance + '}';
    return new AsmBucket.Keys(balance, (inCluster ? tagged : balance) + FILLED, tagged);
  }

  private boolean isPlain(String key) {
    return !key.isEmpty()
        && key.length() <= LONGEST
        && !key.endsWith(FILLED)
        && !(key.startsWith("{") && key.contains("}:"))
        && reserved.stream().noneMatch(key::startsWith)
        && (!inCluster || hasTag(key) || key.indexOf('}') < 0);
  }

  /** Whether a part of the key, in braces, alone decides on its slot. */
  private static boolean hasTag(String key) {
    int open = key.indexOf('{');
    return open >= 0 && key.indexOf('}', open) > open + 1;
  }
}
