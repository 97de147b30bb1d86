package io.tollgate.admin;

import com.fasterxml.jackson.databind.JsonNode;

/** One thing that an administrator changes in the rules of all nodes. */
public sealed interface RuleEdit {
  /**
   * A route gets these limits in place of those it has.
   *
   * @param blocks as under the route's {@code ai-token-ratelimit}
   */
  record Limits(String route, JsonNode blocks) implements RuleEdit {}

  /** A route goes by the limits of the file again. */
  record FileLimits(String route) implements RuleEdit {}

  /**
   * These budgets take the place of all there are.
   *
   * @param entries as under {@code quotas}
   */
  record Budgets(JsonNode entries) implements RuleEdit {}

  /** The budgets are those of the file again. */
  record FileBudgets() implements RuleEdit {}

  /**
   * A budget is added, or takes the place of the one of that name.
   *
   * @param entry as an entry of {@code quotas}; its name may be left out
   */
  record Budget(String name, JsonNode entry) implements RuleEdit {}

  /** A budget goes. */
  record NoBudget(String name) implements RuleEdit {}
}
