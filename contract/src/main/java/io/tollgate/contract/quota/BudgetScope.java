package io.tollgate.contract.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.KeyText;
import io.tollgate.contract.hold.QuotaHold;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of a budget's balances a request spends from, and where that is kept: {@code
 * tollgate:quota:<name>:<value>}. The value is that of the budget's dimensions, with commas between
 * them, or {@code all} where one balance is for everybody.
 */
public record BudgetScope(Budget budget) {
  private static final String PREFIX = "tollgate:quota:";
  private static final String ALL = "all";
  private static final String LABEL = "label:";

  /**
   * @return the name of a budget by the key of one of its balances; empty for any other key
   */
  public static Optional<String> budgetOf(String key) {
    if (!key.startsWith(PREFIX)) {
      return Optional.empty();
    }
    int end = key.indexOf(':', PREFIX.length());
    return end < 0 ? Optional.empty() : Optional.of(key.substring(PREFIX.length(), end));
  }

  /** Names the budget among all accounts. */
  public String account() {
    return budget.store() + '|' + keyPrefix();
  }

  /** What the keys of its balances begin with. */
  public String keyPrefix() {
    return PREFIX + budget.name() + ':';
  }

  /**
   * @param value as in {@link #valueFor}
   * @param tokens how many are held, in what the budget counts
   */
  public QuotaHold hold(String value, long tokens) {
    return new QuotaHold(
        budget.store(), keyPrefix() + value, budget.name(), budget.count(), tokens);
  }

  /** Whether some request on the route may spend from it. */
  public boolean mayApplyOn(String route) {
    List<String> routes = budget.when().routes();
    return routes.isEmpty() || routes.contains(route);
  }

  /** The value whose balance the request spends from; empty when the budget does not apply. */
  public Optional<String> valueFor(ReserveRequest request) {
    return selects(request) ? value(request) : Optional.empty();
  }

  /** The value as it stands in the key, of one part for each dimension. */
  public String value(List<String> parts) {
    if (budget.of().isEmpty()) {
      return ALL;
    }
    List<String> escaped = new ArrayList<>(parts.size());
    for (String part : parts) {
      escaped.add(KeyText.of(part, ","));
    }
    return String.join(",", escaped);
  }

  private boolean selects(ReserveRequest request) {
    Selector when = budget.when();
    return mayApplyOn(request.route())
        && (when.consumers().isEmpty() || when.consumers().contains(orEmpty(request.consumer())))
        && (when.models().isEmpty()
            || when.models().stream().anyMatch(pattern -> takes(pattern, request.model())))
        && when.labels().entrySet().stream()
            .allMatch(
                label -> label.getValue().contains(orEmpty(request.labels().get(label.getKey()))));
  }

  private Optional<String> value(ReserveRequest request) {
    List<String> parts = new ArrayList<>(budget.of().size());
    for (String dimension : budget.of()) {
      String part = part(dimension, request);
      if (part == null || part.isEmpty()) {
        return Optional.empty();
      }
      parts.add(part);
    }
    return Optional.of(value(parts));
  }

  private static @Nullable String part(String dimension, ReserveRequest request) {
    return switch (dimension) {
      case "consumer" -> request.consumer();
      case "model" -> request.model();
      case "route" -> request.route();
      default -> request.labels().get(dimension.substring(LABEL.length()));
    };
  }

  private static boolean takes(String pattern, String model) {
    return pattern.endsWith("*")
        ? model.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(model);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
