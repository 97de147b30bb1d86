package io.tollgate.contract.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.tokens.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of budgets that a configuration knows of, without any request. */
public final class BudgetValues {
  /** Of a budget on several dimensions there may be very many. */
  public static final int MOST = 10_000;

  private static final Estimate NOTHING = new Estimate(0, 0);

  private BudgetValues() {}

  /**
   * The values that requests of the configured consumers on the configured routes may have. Models
   * are known where the budget names them in full.
   *
   * @return as they stand in keys, each once, in the order of the configuration
   */
  public static List<String> known(Budget budget, TollgateConfig config) {
    BudgetScope scope = new BudgetScope(budget);
    Set<String> values = new LinkedHashSet<>();
    for (@Nullable ConsumerConfig consumer : consumers(config)) {
      for (RouteConfig route : config.routes()) {
        for (String model : models(budget)) {
          if (values.size() < MOST) {
            scope.valueFor(request(consumer, route.name(), model)).ifPresent(values::add);
          }
        }
      }
    }
    return List.copyOf(values);
  }

  /** With one more that has no name, as on routes without authentication. */
  private static List<@Nullable ConsumerConfig> consumers(TollgateConfig config) {
    List<@Nullable ConsumerConfig> all = new ArrayList<>(config.consumers());
    all.add(null);
    return all;
  }

  private static List<String> models(Budget budget) {
    List<String> patterns = budget.when().models();
    if (!budget.of().contains("model")) {
      return patterns.isEmpty() ? List.of("") : List.of(patterns.getFirst().replace("*", ""));
    }
    return patterns.stream().filter(pattern -> !pattern.endsWith("*")).toList();
  }

  private static ReserveRequest request(
      @Nullable ConsumerConfig consumer, String route, String model) {
    return new ReserveRequest(
        "",
        route,
        consumer == null ? null : consumer.name(),
        consumer == null ? Map.of() : consumer.labels(),
        model,
        0,
        NOTHING);
  }
}
