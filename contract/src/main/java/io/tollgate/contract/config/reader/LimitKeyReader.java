package io.tollgate.contract.config.reader;

import static io.tollgate.contract.config.reader.LimitItemReader.IN_ITEM;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code limit_keys} of a rule item: which values have which limits, in their order. */
final class LimitKeyReader {
  private static final String ALLOWED = "a list of sections with key and token_per_…";

  private final KeyPatterns patterns;

  LimitKeyReader(KeyPatterns patterns) {
    this.patterns = patterns;
  }

  /** {@code above} is how limits count that do not say so themselves. */
  List<LimitKeyRule> read(Value value, WindowOptions above) {
    if (!value.node().isArray() || value.node().isEmpty()) {
      String text =
          value.node().isArray()
              ? "config limit_keys cannot be empty"
              : "missing limit_keys in config";
      value.fault(
          value.found()
              + " ("
              + IN_ITEM
              + text
              + " for "
              + patterns.label()
              + "; add at least one entry, e.g. key: \""
              + patterns.example()
              + "\")",
          ALLOWED);
      return List.of();
    }
    List<LimitKeyRule> rules = new ArrayList<>();
    Set<List<String>> seen = new HashSet<>();
    for (Value entry : value.list("a list")) {
      LimitKeyRule rule = rule(entry, above);
      if (!rule.patterns().isEmpty()
          && (!seen.add(rule.patterns()) || rules.stream().anyMatch(LimitKeyReader::isForAll))) {
        entry.fault(
            "a key that an entry above it matches already",
            "each key once, * last; an entry may have several limits");
      }
      rules.add(rule);
    }
    return rules;
  }

  private static boolean isForAll(LimitKeyRule rule) {
    return !rule.patterns().isEmpty() && rule.patterns().stream().allMatch("*"::equals);
  }

  private LimitKeyRule rule(Value entry, WindowOptions above) {
    try (Section limitKey = Section.required(entry, "a section with key and token_per_…")) {
      Value key = limitKey.value("key");
      List<String> read = List.of();
      if (!key.node().isObject() && key.node().asText().isEmpty()) {
        key.fault(
            key.found() + " (" + IN_ITEM + "limit_keys key is required)",
            "such as key: \"" + patterns.example() + "\"");
      } else {
        read = patterns.read(key);
      }
      String shown = patterns.shown(read);
      Allowance allowance =
          new LimitWindowReader(
                  new LimitWindowReader.Wording(
                      IN_ITEM, "key: " + shown, " for key '" + shown + "'"))
              .read(limitKey, above);
      return new LimitKeyRule(read, allowance);
    }
  }
}
