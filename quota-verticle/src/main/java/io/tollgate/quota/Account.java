package io.tollgate.quota;

import io.tollgate.contract.config.QuotaBlock;

/**
 * A set of balances, one for each consumer.
 *
 * @param name as {@link QuotaBlock#account} makes it
 * @param store the id of the Redis that they live in
 * @param prefix what their keys begin with
 */
record Account(String name, String store, String prefix) {
  static Account of(QuotaBlock block) {
    return new Account(block.account(), block.store(), block.redisKeyPrefix());
  }

  /** The Redis key of a consumer's balance. */
  String key(String consumer) {
    return prefix + consumer;
  }
}
