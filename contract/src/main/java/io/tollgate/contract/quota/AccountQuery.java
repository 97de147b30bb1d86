package io.tollgate.contract.quota;

import java.util.List;

/**
 * What is in these consumers' accounts?
 *
 * @param account which account of each: {@code <store>|<redis_key_prefix>}, as {@link
 *     io.tollgate.contract.config.QuotaBlock#account} names it
 */
public record AccountQuery(String account, List<String> consumers) {
  public AccountQuery {
    consumers = List.copyOf(consumers);
  }
}
