package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.hold.LimitTerms;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which limits the counters of all routes have.
 *
 * <p>A counter is named after the rule and not after the route, so two routes with the same block
 * spend from one budget: that is what a copied block is for. Two blocks that give one counter
 * different limits would fight over it.
 */
final class CounterTable {
  private record Counter(String store, String ruleName, String of) {}

  private record Limit(List<LimitKeyRule> keys, String path) {}

  private final Map<Counter, Limit> limits = new HashMap<>();

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
    if (block.global() != null) {
      LimitKeyRule whole = new LimitKeyRule("", block.global());
      labels(List.of(whole))
          .forEach(label -> add(place, block, "global_threshold " + label, List.of(whole)));
    }
    for (LimitItem item : block.items()) {
      if (item.type().isPerValue()) {
        labels(item.keys())
            .forEach(label -> add(place, block, name(item) + label, inWindow(item, label)));
      } else {
        item.keys()
            .forEach(
                rule ->
                    labels(List.of(rule))
                        .forEach(
                            label ->
                                add(
                                    place,
                                    block,
                                    name(item) + label + ' ' + rule.patterns(),
                                    List.of(rule))));
      }
    }
  }

  private static Set<String> labels(List<LimitKeyRule> rules) {
    return rules.stream()
        .flatMap(rule -> rule.allowance().windows().stream())
        .map(LimitTerms::label)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String name(LimitItem item) {
    return item.type().label() + ' ' + item.keyName() + ' ';
  }

  private static List<LimitKeyRule> inWindow(LimitItem item, String label) {
    return item.keys().stream().filter(rule -> labels(List.of(rule)).contains(label)).toList();
  }

  private void add(Value place, LimitBlock block, String of, List<LimitKeyRule> keys) {
    Limit first =
        limits.putIfAbsent(
            new Counter(block.store(), block.ruleName(), of), new Limit(keys, place.path()));
    if (first != null && !first.path().equals(place.path()) && !first.keys().equals(keys)) {
      place.fault(
          "other limits than " + first.path() + " has, for the same counters",
          "the same limits (the routes then share one budget), or a rule_name of its own");
    }
  }
}
