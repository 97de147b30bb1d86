package io.tollgate.contract.config.reader;

import static io.tollgate.contract.config.reader.LimitItemReader.IN_ITEM;

import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.hold.LimitType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys of the rule items that go by one value, as gateways before Tollgate have them. */
final class ValueKeys implements KeyPatterns {
  private static final Set<String> KEY_HEADERS =
      Set.of("authorization", "x-api-key", "api-key", "cookie");

  private final LimitType type;
  private final String keyName;
  private final Set<String> consumers;
  private final @Nullable RouteAuth auth;

  /**
   * @param consumers by name
   * @param auth the route's; null when it is open to everybody
   */
  ValueKeys(LimitType type, String keyName, Set<String> consumers, @Nullable RouteAuth auth) {
    this.type = type;
    this.keyName = keyName;
    this.consumers = consumers;
    this.auth = auth;
  }

  /** Whether values of the header are keys of consumers, which are not to be printed. */
  static boolean isSecretHeader(String name, @Nullable RouteAuth auth) {
    return KEY_HEADERS.contains(name) || (auth != null && auth.inHeader().contains(name));
  }

  /** Whether values of the query parameter are keys of consumers. */
  static boolean isSecretParameter(String name, @Nullable RouteAuth auth) {
    return auth != null && auth.inQuery().contains(name);
  }

  @Override
  public String label() {
    return type.label();
  }

  @Override
  public String example() {
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

  @Override
  public List<String> read(Value key) {
    boolean secret = carriesKeys() && !LimitPattern.isWildcard(key.node().asText());
    String pattern = secret ? key.secret("a key") : key.text("the text of a key");
    if (pattern.isBlank()) {
      return List.of();
    }
    if (type == LimitType.LIMIT_BY_PER_IP) {
      LimitPattern.checkAddress(key, pattern);
    } else if (type.isPerValue()) {
      checkSelector(key, pattern);
    } else {
      checkLiteral(key, pattern);
    }
    return List.of(pattern);
  }

  @Override
  public String shown(List<String> patterns) {
    String pattern = patterns.isEmpty() ? "" : patterns.getFirst();
    return carriesKeys() && !LimitPattern.isWildcard(pattern) ? "***" : pattern;
  }

  private void checkSelector(Value key, String pattern) {
    if (!LimitPattern.isWildcard(pattern)) {
      key.fault(
          shown(key)
              + " ("
              + IN_ITEM
              + "the '"
              + type.label()
              + "' restriction must start with 'regexp:' or be exactly '*')",
          "* or regexp:…; for an exact value use " + remedy(LimitPattern.counterpart(type)));
    } else if (!pattern.equals("*")) {
      Optional<String> fault = LimitPattern.regexFault(pattern);
      fault.ifPresent(text -> LimitPattern.reportRegex(key, pattern, text));
    }
  }

  private void checkLiteral(Value key, String pattern) {
    if (LimitPattern.isWildcard(pattern)) {
      key.fault(
          key.found() + " under " + type.label() + ", which takes exact values only",
          "an exact value; for a limit for each value use "
              + remedy(LimitPattern.counterpart(type)));
    } else if (type == LimitType.LIMIT_BY_CONSUMER) {
      Names.refer(key, "consumer", consumers);
    }
  }

  private String remedy(LimitType other) {
    return other.label() + ": " + (keyName.equals(LimitItemReader.CONSUMER) ? "''" : keyName);
  }

  private String shown(Value key) {
    return carriesKeys()
        ? "a secret of " + key.node().asText().length() + " characters"
        : key.found();
  }

  private boolean carriesKeys() {
    return switch (type) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER -> isSecretHeader(keyName, auth);
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> isSecretParameter(keyName, auth);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> true;
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER, LIMIT_BY_PER_IP, LIMIT_BY, GLOBAL_THRESHOLD ->
          false;
    };
  }
}
