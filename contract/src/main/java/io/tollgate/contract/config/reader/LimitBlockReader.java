package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.MissingKey;
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

  private static final Map<String, Boolean> MATCHES = new LinkedHashMap<>();
  private static final Map<String, LimitMode> MODES = new LinkedHashMap<>();
  private static final Map<String, OnExhausted> ENDS = new LinkedHashMap<>();

  static {
    MATCHES.put("all", false);
    MATCHES.put("first", true);
    MODES.put("enforce", LimitMode.ENFORCE);
    MODES.put("shadow", LimitMode.SHADOW);
    ENDS.put("finish", OnExhausted.FINISH);
    ENDS.put("stop", OnExhausted.STOP);
  }

  private final KnownNames known;
  private final StoreTable stores;
  private final CounterTable counters;

  LimitBlockReader(KnownNames known, StoreTable stores, CounterTable counters) {
    this.known = known;
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
      WindowOptions options = WindowOptions.USUAL.within(block);
      MissingKey missing = LimitItemReader.missing(block.value("missing"), MissingKey.SKIP);
      Value message = block.value("rejected_msg");
      LimitBlock read =
          new LimitBlock(
              ruleName,
              when(block.value("when"), auth),
              global.isAbsent() ? null : threshold(global, options),
              items.isAbsent() ? List.of() : items(items, auth, options, missing),
              new LimitBlock.Rejection(
                  block.value("rejected_code").number(400, 599, 429),
                  message.isAbsent() ? null : message.text("the text of a refusal")),
              stores.read(block.value("redis")),
              FailPolicies.read(block.value("fail"), FailPolicy.OPEN),
              block.value("match").choice(MATCHES, false),
              admitting(block),
              LoadReader.read(block.value("load"), known.providers()),
              PenaltyReader.read(block.value("penalty")),
              AlertLevels.read(block.value("alerts")));
      WindowOptions.check(block, limits(read));
      return read;
    }
  }

  private static LimitBlock.Admitting admitting(Section block) {
    boolean strict = block.value("strict").flag(false);
    Value clamp = block.value("clamp_output");
    boolean clampOutput = clamp.flag(false);
    if (clampOutput && !strict) {
      clamp.fault(
          "true without strict: true",
          "strict: true beside it, so that what does not fit is either cut or refused");
    }
    return new LimitBlock.Admitting(
        block.value("mode").choice(MODES, LimitMode.ENFORCE),
        strict,
        clampOutput,
        block.value("on_exhausted").choice(ENDS, OnExhausted.FINISH));
  }

  private Selector when(Value value, @Nullable RouteAuth auth) {
    Selector when = new SelectorReader(known).ofRule(value);
    checkIdentity(value, when, auth);
    return when;
  }

  private static void checkIdentity(Value place, Selector when, @Nullable RouteAuth auth) {
    if (auth == null && !(when.labels().isEmpty() && when.consumers().isEmpty())) {
      place.fault(
          "labels or consumers on a route without auth, where nobody is known",
          "auth on the route, such as auth: { in_header: [x-api-key, authorization] }");
    }
  }

  private static List<LimitTerms> limits(LimitBlock block) {
    List<LimitTerms> limits = new ArrayList<>();
    if (block.global() != null) {
      limits.addAll(block.global().windows());
    }
    block
        .items()
        .forEach(item -> item.keys().forEach(key -> limits.addAll(key.allowance().windows())));
    return limits;
  }

  private static String ruleName(Value value) {
    if (value.isAbsent()) {
      value.fault(
          "nothing (missing rule_name in config)", "a name, which becomes part of the Redis keys");
      return "";
    }
    return value.text(RULE_NAME, "a name without spaces and braces, of at most 128 characters");
  }

  private static Allowance threshold(Value value, WindowOptions above) {
    try (Section threshold = Section.optional(value)) {
      return new LimitWindowReader(new LimitWindowReader.Wording(IN_GLOBAL, "global_threshold", ""))
          .read(threshold, above);
    }
  }

  private List<LimitItem> items(
      Value value, @Nullable RouteAuth auth, WindowOptions above, MissingKey missing) {
    List<Value> entries = value.list("a list of rule items");
    if (value.node().isArray() && entries.isEmpty()) {
      value.fault("an empty list (config rule_items cannot be empty)", "at least one rule item");
    }
    if (entries.size() > MOST_ITEMS) {
      value.fault(
          entries.size() + " entries (rule_items length " + entries.size() + " exceeds maximum 10)",
          "at most 10 rule items; a route may carry a list of blocks");
    }
    LimitItemReader reader = new LimitItemReader(known, auth);
    List<LimitItem> items = new ArrayList<>();
    Set<Place> seen = new HashSet<>();
    for (Value entry : entries) {
      Optional<LimitItem> item = reader.read(entry, above, missing);
      item.ifPresent(
          read -> {
            checkIdentity(entry, read.when(), auth);
            checkDuplicates(entry, read, seen);
            items.add(read);
          });
    }
    return items;
  }

  /** What two items must not both limit. */
  private record Place(
      LimitType type, String keyName, Selector when, List<String> patterns, String window) {}

  private static void checkDuplicates(Value entry, LimitItem item, Set<Place> seen) {
    boolean again = false;
    for (LimitKeyRule rule : item.keys()) {
      for (LimitTerms limit : rule.allowance().windows()) {
        again |=
            !rule.patterns().isEmpty()
                && !seen.add(
                    new Place(
                        item.type(), item.keyName(), item.when(), rule.patterns(), limit.label()));
      }
    }
    if (again) {
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
