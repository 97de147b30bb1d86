package io.tollgate.contract.config;

import java.util.List;

/**
 * A route's {@code ai-quota} block.
 *
 * @param redisKeyPrefix balances are at {@code <prefix><consumer>}
 * @param adminConsumer who may query and change balances on the route
 * @param adminPath appended to a metered path
 * @param pathSuffixes paths that are metered and below which the administrator's calls are
 * @param store the id of its Redis
 */
public record QuotaBlock(
    String redisKeyPrefix,
    String adminConsumer,
    String adminPath,
    List<String> pathSuffixes,
    String store,
    FailPolicy fail) {
  public QuotaBlock {
    pathSuffixes = List.copyOf(pathSuffixes);
  }

  /** Names the set of balances that this block pays from; blocks with equal names share them. */
  public String account() {
    return store + '|' + redisKeyPrefix;
  }
}
