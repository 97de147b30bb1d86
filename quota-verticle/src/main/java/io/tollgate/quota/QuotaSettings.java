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

/** What one version of the configuration says about quotas. Immutable. */
public final class QuotaSettings {
  private final Map<String, Optional<QuotaBlock>> routes;
  private final List<String> consumers;
  private final Map<String, Account> accounts;
  private final Set<String> sharedPrefixes;

  /**
   * @param routes every route by name, with its quota if it has one
   * @param consumers every configured consumer
   */
  public QuotaSettings(Map<String, Optional<QuotaBlock>> routes, List<String> consumers) {
    this.routes = Map.copyOf(routes);
    this.consumers = List.copyOf(consumers);
    List<QuotaBlock> blocks = routes.values().stream().flatMap(Optional::stream).toList();
    this.accounts =
        blocks.stream()
            .map(Account::of)
            .distinct()
            .collect(Collectors.toUnmodifiableMap(Account::name, account -> account));
    this.sharedPrefixes =
        blocks.stream()
            .filter(block -> block.fail() == FailPolicy.SHARE)
            .map(QuotaBlock::redisKeyPrefix)
            .collect(Collectors.toUnmodifiableSet());
  }

  public static QuotaSettings of(TollgateConfig config) {
    return new QuotaSettings(
        config.routes().stream()
            .collect(
                Collectors.toMap(RouteConfig::name, route -> Optional.ofNullable(route.quota()))),
        config.consumers().stream().map(ConsumerConfig::name).toList());
  }

  Map<String, Optional<QuotaBlock>> routes() {
    return routes;
  }

  List<String> consumers() {
    return consumers;
  }

  /** The accounts that the routes pay from, by {@link QuotaBlock#account} name. */
  Map<String, Account> accounts() {
    return accounts;
  }

  /** What the keys of balances begin with that some route shares while their store is away. */
  Set<String> sharedPrefixes() {
    return sharedPrefixes;
  }
}
