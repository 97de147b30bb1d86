package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.LimitTerms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which limits the counters of all routes have.
 *
 * <p>A counter is named after the rule and not after the route, so two routes with the same block
 * spend from one budget: that is what a copied block is for. Two blocks that give one counter
 * different limits would fight over it.
 */
final class CounterTable {
  private record Counter(String store, String ruleName, String of) {}

  /** Limits that one block puts on a counter, in order. */
  private record Limits(List<Limited> limits, String path) {}

  private record Limited(Selector when, LimitKeyRule key) {}

  private final Map<Counter, Limits> known = new HashMap<>();

  /**
   * @param above blocks of the same route
   */
  void add(Value place, LimitBlock block, List<LimitBlock> above) {
    if (block.ruleName().isBlank()) {
      return;
    }
    boolean again =
        above.stream()
            .anyMatch(
                other ->
                    other.ruleName().equals(block.ruleName())
                        && other.store().equals(block.store()));
    if (again) {
      place.fault(
          "rule_name " + Value.quote(block.ruleName()) + " a second time on this route",
          "a rule_name of its own for each block of a route");
      return;
    }
    boolean differs = false;
    for (Map.Entry<Counter, List<Limited>> counter : countersOf(block).entrySet()) {
      Limits limits = new Limits(counter.getValue(), place.path());
      Limits first = known.putIfAbsent(counter.getKey(), limits);
      if (first != null && !first.limits().equals(limits.limits()) && !differs) {
        differs = true;
        place.fault(
            "other limits than " + first.path() + " has, for the same counters",
            "the same limits (the routes then share one budget), or a rule_name of its own");
      }
    }
  }

  private static Map<Counter, List<Limited>> countersOf(LimitBlock block) {
    Map<Counter, List<Limited>> counters = new LinkedHashMap<>();
    if (block.global() != null) {
      LimitKeyRule whole = new LimitKeyRule("", block.global());
      add(counters, block, "global_threshold ", new Limited(Selector.ALL, whole));
    }
    for (LimitItem item : block.items()) {
      String name = item.type().label() + ' ' + item.keyName() + ' ';
      for (LimitKeyRule key : item.keys()) {
        // Any value may come to any of these keys.
        String value = item.type().isPerValue() ? "" : key.patterns() + " ";
        add(counters, block, name + value, new Limited(item.when(), key));
      }
    }
    return counters;
  }

  private static void add(
      Map<Counter, List<Limited>> counters, LimitBlock block, String of, Limited limited) {
    for (LimitTerms limit : limited.key().allowance().windows()) {
      counters
          .computeIfAbsent(
              new Counter(block.store(), block.ruleName(), of + limit.label()),
              counter -> new ArrayList<>())
          .add(limited);
    }
  }
}
