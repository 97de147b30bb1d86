package io.tollgate.proxy;

import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.quota.BudgetScope;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The budgets that requests on each route may spend from.
 *
 * @param byRoute by the route's name
 */
record RouteBudgets(Map<String, List<BudgetScope>> byRoute) {
  static RouteBudgets of(TollgateConfig config) {
    List<BudgetScope> all = config.quotas().stream().map(BudgetScope::new).toList();
    return new RouteBudgets(
        config.routes().stream()
            .map(RouteConfig::name)
            .collect(
                Collectors.toUnmodifiableMap(
                    route -> route,
                    route -> all.stream().filter(budget -> budget.mayApplyOn(route)).toList())));
  }

  List<BudgetScope> on(RouteConfig route) {
    return byRoute.getOrDefault(route.name(), List.of());
  }
}
