package io.tollgate.contract.quota;

import java.util.List;

/**
 * What is in these consumers' accounts?
 *
 * @param account which account of each: {@code <store>|<redis_key_prefix>}, as {@link
 *     io.tollgate.contract.config.QuotaBlock#account} names it, or that of a budget, as {@link
 *     BudgetScope#account} names it
 * @param consumers by name; of a budget the values that have a balance each, as they stand in keys
 */
public record AccountQuery(String account, List<String> consumers) {
  public AccountQuery {
    consumers = List.copyOf(consumers);
  }
}
