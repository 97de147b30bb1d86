package io.tollgate.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.hold.Period;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A budget's definition as the interface shows it.
 *
 * @param per the period's name as in Redis keys: seconds, {@code month} or the like; null when it
 *     is never refilled by itself
 * @param timeZone null when periods begin with their first use
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record BudgetView(
    String name,
    List<String> limitBy,
    Map<String, Object> when,
    String count,
    long tokens,
    @Nullable String per,
    @Nullable String timeZone,
    long carryOver,
    long overdraft,
    String mode,
    String onExhausted,
    List<Integer> alerts,
    String fail) {
  static BudgetView of(Budget budget) {
    Period period = budget.period();
    return new BudgetView(
        budget.name(),
        budget.of(),
        Map.of(
            "labels", budget.when().labels(),
            "consumers", budget.when().consumers(),
            "models", budget.when().models(),
            "routes", budget.when().routes()),
        budget.count().label(),
        budget.amount(),
        period == null ? null : word(period),
        period == null ? null : period.zone(),
        budget.carryOver(),
        budget.overdraft(),
        word(budget.mode()),
        word(budget.onExhausted()),
        budget.alerts(),
        word(budget.fail()));
  }

  private static String word(Period period) {
    return period.count() == 1
        ? period.unit().label()
        : period.count() + " " + period.unit().label() + "s";
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }
}
