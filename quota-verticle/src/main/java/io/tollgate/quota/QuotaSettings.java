package io.tollgate.quota;

import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the configuration says about quotas.
 *
 * @param routes every route by name, with its quota if it has one
 * @param consumers every configured consumer
 */
public record QuotaSettings(Map<String, Optional<QuotaBlock>> routes, List<String> consumers) {
  public QuotaSettings {
    routes = Map.copyOf(routes);
    consumers = List.copyOf(consumers);
  }

  public static QuotaSettings of(TollgateConfig config) {
    return new QuotaSettings(
        config.routes().stream()
            .collect(
                Collectors.toMap(RouteConfig::name, route -> Optional.ofNullable(route.quota()))),
        config.consumers().stream().map(ConsumerConfig::name).toList());
  }

  /** The accounts that the routes pay from, by {@link QuotaBlock#account} name. */
  Map<String, Account> accounts() {
    return routes.values().stream()
        .flatMap(Optional::stream)
        .map(Account::of)
        .distinct()
        .collect(Collectors.toMap(Account::name, account -> account));
  }

  /** What the keys of balances begin with that some route shares while their store is away. */
  Set<String> sharedPrefixes() {
    return routes.values().stream()
        .flatMap(Optional::stream)
        .filter(block -> block.fail() == FailPolicy.SHARE)
        .map(QuotaBlock::redisKeyPrefix)
        .collect(Collectors.toSet());
  }

  /** The ids of the stores that the accounts live in. */
  Set<String> stores() {
    return accounts().values().stream().map(Account::store).collect(Collectors.toSet());
  }
}
