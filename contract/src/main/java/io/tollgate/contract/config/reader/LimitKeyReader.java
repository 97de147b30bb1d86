package io.tollgate.contract.config.reader;

import static io.tollgate.contract.config.reader.LimitItemReader.IN_ITEM;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code limit_keys} of a rule item: what each type allows, and in which order. */
final class LimitKeyReader {
  private static final Set<String> KEY_HEADERS =
      Set.of("authorization", "x-api-key", "api-key", "cookie");

  private final Set<String> consumers;
  private final @Nullable RouteAuth auth;

  LimitKeyReader(Set<String> consumers, @Nullable RouteAuth auth) {
    this.consumers = consumers;
    this.auth = auth;
  }

  List<LimitKeyRule> read(Value value, LimitType type, String keyName) {
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
              + type.label()
              + "; add at least one entry, e.g. key: \""
              + example(type)
              + "\")",
          "a list of sections with key and token_per_…");
      return List.of();
    }
    List<LimitKeyRule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Value entry : value.list("a list")) {
      LimitKeyRule rule = rule(entry, type, keyName);
      if (!rule.patterns().getFirst().isEmpty()
          && (!seen.add(rule.patterns().getFirst()) || isAfterWildcard(rules))) {
        entry.fault(
            "a key that an entry above it matches already",
            "each key once, * last; for several windows on one key write one rule item for each");
      }
      rules.add(rule);
    }
    return rules;
  }

  private static boolean isAfterWildcard(List<LimitKeyRule> rules) {
    return rules.stream().anyMatch(rule -> rule.patterns().getFirst().equals("*"));
  }

  private LimitKeyRule rule(Value entry, LimitType type, String keyName) {
    try (Section limitKey = Section.required(entry, "a section with key and token_per_…")) {
      Value key = limitKey.value("key");
      String pattern = "";
      if (key.isAbsent() || key.node().asText().isEmpty()) {
        key.fault(
            key.found() + " (" + IN_ITEM + "limit_keys key is required)",
            "such as key: \"" + example(type) + "\"");
      } else {
        pattern = pattern(key, type, keyName);
      }
      String shown =
          carriesKeys(type, keyName) && !LimitPattern.isWildcard(pattern) ? "***" : pattern;
      LimitTerms window =
          LimitWindowReader.read(limitKey, IN_ITEM, "key: " + shown, " for key '" + shown + "'");
      List<LimitTerms> windows = List.of(window);
      return new LimitKeyRule(
          pattern,
          new Allowance(windows, ScheduleReader.read(limitKey.value("schedule"), windows)));
    }
  }

  private String pattern(Value key, LimitType type, String keyName) {
    boolean secret = carriesKeys(type, keyName) && !LimitPattern.isWildcard(key.node().asText());
    String pattern = secret ? key.secret("a key") : key.text("the text of a key");
    if (pattern.isBlank()) {
      return "";
    }
    if (type == LimitType.LIMIT_BY_PER_IP) {
      address(key, pattern);
    } else if (type.isPerValue()) {
      selector(key, pattern, type, keyName);
    } else {
      literal(key, pattern, type, keyName);
    }
    return pattern;
  }

  private static void address(Value key, String pattern) {
    if (!LimitPattern.isAddress(pattern)) {
      key.fault(
          key.found()
              + " ("
              + IN_ITEM
              + "failed to parse IPNet for key '"
              + pattern
              + "': invalid IP["
              + pattern
              + "])",
          "an address or a CIDR block, such as 10.0.0.0/8; 0.0.0.0/0 and ::/0 for everybody");
    }
  }

  private void selector(Value key, String pattern, LimitType type, String keyName) {
    if (!LimitPattern.isWildcard(pattern)) {
      LimitType other = LimitPattern.counterpart(type);
      key.fault(
          shown(key, type, keyName)
              + " ("
              + IN_ITEM
              + "the '"
              + type.label()
              + "' restriction must start with 'regexp:' or be exactly '*')",
          "* or regexp:…; for an exact value use " + remedy(other, keyName));
    } else if (!pattern.equals("*")) {
      Optional<String> fault = LimitPattern.regexFault(pattern);
      fault.ifPresent(
          text ->
              key.fault(
                  key.found()
                      + " ("
                      + IN_ITEM
                      + "failed to compile regex for key '"
                      + pattern
                      + "': "
                      + text
                      + ")",
                  "regexp: and an expression in RE2 syntax"));
    }
  }

  private void literal(Value key, String pattern, LimitType type, String keyName) {
    if (LimitPattern.isWildcard(pattern)) {
      key.fault(
          key.found() + " under " + type.label() + ", which takes exact values only",
          "an exact value; for a limit for each value use "
              + remedy(LimitPattern.counterpart(type), keyName));
    } else if (type == LimitType.LIMIT_BY_CONSUMER) {
      Names.refer(key, "consumer", consumers);
    }
  }

  private static String remedy(LimitType type, String keyName) {
    return type.label() + ": " + (keyName.equals(LimitItemReader.CONSUMER) ? "''" : keyName);
  }

  private String shown(Value key, LimitType type, String keyName) {
    return carriesKeys(type, keyName)
        ? "a secret of " + key.node().asText().length() + " characters"
        : key.found();
  }

  /** Whether exact values of it are keys of consumers, which are not to be printed. */
  private boolean carriesKeys(LimitType type, String keyName) {
    return switch (type) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER ->
          KEY_HEADERS.contains(keyName) || (auth != null && auth.inHeader().contains(keyName));
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> auth != null && auth.inQuery().contains(keyName);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> true;
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER, LIMIT_BY_PER_IP, LIMIT_BY, GLOBAL_THRESHOLD ->
          false;
    };
  }

  private static String example(LimitType type) {
    return switch (type) {
      case LIMIT_BY_HEADER, LIMIT_BY_PARAM, LIMIT_BY_COOKIE -> "<exact-value>";
      case LIMIT_BY_CONSUMER -> "<consumer-name>";
      case LIMIT_BY_PER_HEADER,
          LIMIT_BY_PER_PARAM,
          LIMIT_BY_PER_CONSUMER,
          LIMIT_BY_PER_COOKIE,
          LIMIT_BY ->
          "*";
      case LIMIT_BY_PER_IP, GLOBAL_THRESHOLD -> "0.0.0.0/0";
    };
  }
}
