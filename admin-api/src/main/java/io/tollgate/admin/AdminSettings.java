package io.tollgate.admin;

import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.quota.BudgetValues;
import java.util.List;

/**
 * What the configuration says about administration.
 *
 * @param consumers the names of all configured consumers, in their order
 * @param routes the routes that have a quota, in their order
 * @param budgets the entries of {@code quotas}, in their order
 */
public record AdminSettings(
    AdminConfig listen,
    List<String> consumers,
    List<QuotaRoute> routes,
    List<QuotaBudget> budgets) {
  /**
   * A route that has a quota.
   *
   * @param account the name of the account that it pays from
   */
  public record QuotaRoute(String name, String account) {}

  /**
   * A budget.
   *
   * @param values those that the configuration knows of, as they stand in keys
   */
  public record QuotaBudget(Budget budget, List<String> values) {
    public QuotaBudget {
      values = List.copyOf(values);
    }
  }

  /** Without budgets. */
  public AdminSettings(AdminConfig listen, List<String> consumers, List<QuotaRoute> routes) {
    this(listen, consumers, routes, List.of());
  }

  public AdminSettings {
    consumers = List.copyOf(consumers);
    routes = List.copyOf(routes);
    budgets = List.copyOf(budgets);
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
            .toList(),
        config.quotas().stream()
            .map(budget -> new QuotaBudget(budget, BudgetValues.known(budget, config)))
            .toList());
  }
}
