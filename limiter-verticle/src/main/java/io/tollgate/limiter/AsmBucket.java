package io.tollgate.limiter;

import io.tollgate.contract.config.LimiterHttp;

/**
 * What a key of the ASM interface may still use.
 *
 * @param key as the caller names it
 * @param rule by which it is filled
 */
record AsmBucket(String key, Keys keys, LimiterHttp.Rule rule) {

  /**
   * Where it is in Redis, all in one slot.
   *
   * @param balance a plain integer, as ASM's example keeps it
   * @param side the start of the names of what Tollgate adds
   */
  record Keys(String balance, String filled, String side) {}
}
