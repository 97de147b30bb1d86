package io.tollgate.quota;

import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.quota.BudgetScope;
import io.tollgate.contract.tokens.Count;
import io.vertx.core.Vertx;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Has it told when budgets are used up to their levels. Which levels are reached and nobody was
 * told of, the script says that keeps the budget. Used on one event loop.
 */
final class BudgetAlerts {
  private final Vertx vertx;
  private final String node;
  private final Live<QuotaSettings> settings;
  private final QuotaMonitor monitor;

  /**
   * @param node this node's own id
   */
  BudgetAlerts(Vertx vertx, String node, Live<QuotaSettings> settings, QuotaMonitor monitor) {
    this.vertx = vertx;
    this.node = node;
    this.settings = settings;
    this.monitor = monitor;
  }

  /**
   * @param key of the balance that the line is about
   */
  void saw(String key, Line line) {
    Line.News news = line.news();
    Budget budget = news == null ? null : budgetAt(key);
    if (news == null || budget == null) {
      return;
    }
    long used = news.full() - line.balanceOrZero();
    for (int level : news.levels()) {
      monitor.raise(vertx, alert(budget, key, level, used, news.full()));
    }
  }

  private @Nullable Budget budgetAt(String key) {
    return BudgetScope.budgetOf(key).map(name -> settings.now().budget(name)).orElse(null);
  }

  private Alert alert(Budget budget, String key, int level, long used, long full) {
    Period period = budget.period();
    return new Alert(
        UUID.randomUUID().toString(),
        Alert.Kind.QUOTA,
        budget.name(),
        budget.of().isEmpty() ? null : key.substring(new BudgetScope(budget).keyPrefix().length()),
        level,
        used,
        full,
        budget.count().equals(Count.REQUESTS) ? "requests" : "tokens",
        period == null ? "" : period.label(),
        budget.mode() == LimitMode.SHADOW,
        node,
        System.currentTimeMillis());
  }
}
