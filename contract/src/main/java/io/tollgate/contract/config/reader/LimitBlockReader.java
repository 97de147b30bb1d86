package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ai-token-ratelimit} of a route: one block, or a list of them. */
final class LimitBlockReader {
  private static final int MOST_ITEMS = 10;
  private static final String IN_GLOBAL = "failed to parse global_threshold: ";
  private static final Pattern RULE_NAME = Pattern.compile("[^\\s\\p{Cntrl}{}]{1,128}");

  private final Set<String> consumers;
  private final Set<String> providers;
  private final StoreTable stores;
  private final CounterTable counters;

  LimitBlockReader(
      Set<String> consumers, Set<String> providers, StoreTable stores, CounterTable counters) {
    this.consumers = consumers;
    this.providers = providers;
    this.stores = stores;
    this.counters = counters;
  }

  List<LimitBlock> readAll(Value value, @Nullable RouteAuth auth) {
    List<LimitBlock> blocks = new ArrayList<>();
    for (Value entry : value.oneOrMore("a block or a list of blocks")) {
      LimitBlock block = read(entry, auth);
      counters.add(entry, block, blocks);
      blocks.add(block);
    }
    return blocks;
  }

  private LimitBlock read(Value value, @Nullable RouteAuth auth) {
    try (Section block = Section.optional(value)) {
      String ruleName = ruleName(block.value("rule_name"));
      Value global = block.value("global_threshold");
      Value items = block.value("rule_items");
      if (global.isAbsent() && items.isAbsent() && value.node().isObject()) {
        block.fault(
            "a block that limits nothing (at least one of 'global_threshold' or 'rule_items' must"
                + " be set)",
            "global_threshold, rule_items, or both");
      }
      Map<String, Boolean> matches = new LinkedHashMap<>();
      matches.put("all", false);
      matches.put("first", true);
      Value message = block.value("rejected_msg");
      LimitBlock read =
          new LimitBlock(
              ruleName,
              Selector.ALL,
              global.isAbsent() ? null : threshold(global),
              items.isAbsent() ? List.of() : items(items, auth),
              new LimitBlock.Rejection(
                  block.value("rejected_code").number(400, 599, 429),
                  message.isAbsent() ? null : message.text("the text of a refusal")),
              stores.read(block.value("redis")),
              FailPolicies.read(block.value("fail"), FailPolicy.OPEN),
              block.value("match").choice(matches, false),
              new LimitBlock.Admitting(
                  LimitMode.ENFORCE, block.value("strict").flag(false), false, OnExhausted.FINISH),
              LoadReader.read(block.value("load"), providers),
              null,
              AlertLevels.read(block.value("alerts")));
      block.unserved("clamp_output", "strict: true, which admits only what fits whole");
      block.unserved("count", "nothing: input and output tokens are counted");
      block.unserved("algorithm", "nothing: windows are fixed");
      return read;
    }
  }

  private static String ruleName(Value value) {
    if (value.isAbsent()) {
      value.fault(
          "nothing (missing rule_name in config)", "a name, which becomes part of the Redis keys");
      return "";
    }
    return value.text(RULE_NAME, "a name without spaces and braces, of at most 128 characters");
  }

  private static Allowance threshold(Value value) {
    try (Section threshold = Section.optional(value)) {
      List<LimitTerms> windows =
          List.of(LimitWindowReader.read(threshold, IN_GLOBAL, "global_threshold", ""));
      return new Allowance(windows, ScheduleReader.read(threshold.value("schedule"), windows));
    }
  }

  private List<LimitItem> items(Value value, @Nullable RouteAuth auth) {
    List<Value> entries = value.list("a list of rule items");
    if (value.node().isArray() && entries.isEmpty()) {
      value.fault("an empty list (config rule_items cannot be empty)", "at least one rule item");
    }
    if (entries.size() > MOST_ITEMS) {
      value.fault(
          entries.size() + " entries (rule_items length " + entries.size() + " exceeds maximum 10)",
          "at most 10 rule items; a route may carry a list of blocks");
    }
    LimitItemReader reader = new LimitItemReader(new LimitKeyReader(consumers, auth));
    List<LimitItem> items = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Value entry : entries) {
      Optional<LimitItem> item = reader.read(entry);
      item.ifPresent(
          read -> {
            checkIdentity(entry, read.type(), auth);
            checkDuplicates(entry, read, seen);
            items.add(read);
          });
    }
    return items;
  }

  private static void checkIdentity(Value entry, LimitType type, @Nullable RouteAuth auth) {
    boolean byConsumer =
        type == LimitType.LIMIT_BY_CONSUMER || type == LimitType.LIMIT_BY_PER_CONSUMER;
    if (byConsumer && auth == null) {
      entry.fault(
          type.label() + " on a route without auth, where nobody is known",
          "auth on the route, such as auth: { in_header: [x-api-key, authorization] }");
    }
  }

  private static String label(LimitItem.LimitKeyRule rule) {
    return rule.allowance().windows().getFirst().label();
  }

  private static void checkDuplicates(Value entry, LimitItem item, Set<String> seen) {
    List<String> again =
        item.keys().stream()
            .map(rule -> item.keyName() + '\0' + rule.patterns() + '\0' + label(rule))
            .filter(counter -> !seen.add(item.type().label() + '\0' + counter))
            .toList();
    if (!again.isEmpty()) {
      entry.fault(
          "a key that another rule item limits in the same window (duplicate rule found: "
              + item.type().label()
              + "='"
              + item.keyName()
              + "' in rule_items)",
          "each type, name, key and window once");
    }
  }
}
