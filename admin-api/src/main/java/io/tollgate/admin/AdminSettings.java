package io.tollgate.admin;

import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.List;

/**
 * What the configuration says about administration.
 *
 * @param consumers the names of all configured consumers, in their order
 * @param routes the routes that have a quota, in their order
 */
public record AdminSettings(AdminConfig listen, List<String> consumers, List<QuotaRoute> routes) {
  /**
   * A route that has a quota.
   *
   * @param account the name of the account that it pays from
   */
  public record QuotaRoute(String name, String account) {}

  public AdminSettings {
    consumers = List.copyOf(consumers);
    routes = List.copyOf(routes);
  }

  public static AdminSettings of(TollgateConfig config) {
    return new AdminSettings(
        config.admin(),
        config.consumers().stream().map(ConsumerConfig::name).toList(),
        config.routes().stream()
            .<QuotaRoute>mapMulti(
                (route, quotaRoutes) -> {
                  if (route.quota() != null) {
                    quotaRoutes.accept(new QuotaRoute(route.name(), route.quota().account()));
                  }
                })
            .toList());
  }
}
