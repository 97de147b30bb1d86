package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.MissingKey;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.LimitType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An entry of {@code rule_items}. */
final class LimitItemReader {
  static final String IN_ITEM = "failed to parse rule_item in rule_items: ";
  static final String CONSUMER = "x-mse-consumer";

  private static final String FROM_HEADER = "from-header-";
  private static final Pattern SOURCE =
      Pattern.compile("from-remote-addr|from-header-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final List<LimitType> TYPES =
      Arrays.stream(LimitType.values()).filter(type -> type != LimitType.GLOBAL_THRESHOLD).toList();
  private static final Map<String, MissingKey> MISSING = new LinkedHashMap<>();

  static {
    for (MissingKey missing : MissingKey.values()) {
      MISSING.put(missing.name().toLowerCase(Locale.ROOT), missing);
    }
  }

  private final KnownNames known;
  private final @Nullable RouteAuth auth;

  /**
   * @param auth the route's; null when it is open to everybody
   */
  LimitItemReader(KnownNames known, @Nullable RouteAuth auth) {
    this.known = known;
    this.auth = auth;
  }

  static MissingKey missing(Value value, MissingKey orElse) {
    return value.choice(MISSING, orElse);
  }

  /**
   * Empty when it cannot be told what the item goes by.
   *
   * @param above how limits count that do not say so themselves
   * @param usual what is done with requests that lack the value, if the item does not say so
   */
  Optional<LimitItem> read(Value value, WindowOptions above, MissingKey usual) {
    try (Section item = Section.required(value, "a section with one limit_by_… and limit_keys")) {
      List<LimitType> present =
          TYPES.stream().filter(type -> !item.value(type.label()).isAbsent()).toList();
      Value limitKeys = item.value("limit_keys");
      Selector when = new SelectorReader(known).ofRule(item.value("when"));
      Value missing = item.value("missing");
      if (present.size() != 1) {
        item.fault(foundTypes(present), "exactly one limit_by_…; write one rule item for each");
        return Optional.empty();
      }
      LimitType type = present.getFirst();
      Value goesBy = item.value(type.label());
      String name = keyName(type, goesBy);
      checkIdentity(item, type, name);
      List<LimitKeyRule> rules = new LimitKeyReader(patterns(type, name)).read(limitKeys, above);
      LimitItem read = new LimitItem(type, name, rules, when, missing(missing, usual));
      checkMissing(missing, read);
      return Optional.of(read);
    }
  }

  private KeyPatterns patterns(LimitType type, String name) {
    return type == LimitType.LIMIT_BY
        ? new DimensionKeys(List.of(name.split(",")), known, auth)
        : new ValueKeys(type, name, known.consumers(), auth);
  }

  private static String foundTypes(List<LimitType> present) {
    if (!present.isEmpty()) {
      return present.stream().map(LimitType::label).collect(Collectors.joining(" and "))
          + " in one item";
    }
    return "no limit_by_… ("
        + IN_ITEM
        + "at least one of 'limit_by_header', 'limit_by_param', 'limit_by_consumer',"
        + " 'limit_by_cookie', 'limit_by_per_header', 'limit_by_per_param',"
        + " 'limit_by_per_consumer', 'limit_by_per_cookie', 'limit_by_per_ip' must be set)";
  }

  private String keyName(LimitType type, Value value) {
    return switch (type) {
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER -> consumer(value);
      case LIMIT_BY_PER_IP -> source(value);
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER ->
          value.text(RouteAuthReader.TOKEN, "the name of a header").toLowerCase(Locale.ROOT);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE ->
          value.text(RouteAuthReader.TOKEN, "the name of a cookie");
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> value.text(Names.FORM, "the name of a parameter");
      case LIMIT_BY -> String.join(",", new DimensionReader(known).read(value));
      case GLOBAL_THRESHOLD -> throw new IllegalStateException("not a type of rule item");
    };
  }

  /** The value says nothing; that the key is there is enough. */
  private static String consumer(Value value) {
    if (!value.node().isTextual() && !value.node().isNull()) {
      value.fault("''; which consumers is for limit_keys to say");
    }
    return CONSUMER;
  }

  private static String source(Value value) {
    String source = value.text("from-remote-addr or from-header-<name>");
    if (source.equals(FROM_HEADER)) {
      value.fault(
          value.found()
              + " ("
              + IN_ITEM
              + "limit_by_per_ip parse error: empty after 'from-header-')",
          "from-header-<name>, such as from-header-x-forwarded-for");
    } else if (!source.isBlank() && !SOURCE.matcher(source).matches()) {
      value.fault(
          value.found()
              + " ("
              + IN_ITEM
              + "the 'limit_by_per_ip' restriction must start with 'from-header-' or be exactly"
              + " 'from-remote-addr')",
          "from-remote-addr or from-header-<name>; addresses belong under limit_keys");
    }
    return source;
  }

  private void checkIdentity(Section item, LimitType type, String name) {
    boolean byConsumer =
        type == LimitType.LIMIT_BY_CONSUMER
            || type == LimitType.LIMIT_BY_PER_CONSUMER
            || (type == LimitType.LIMIT_BY
                && Arrays.stream(name.split(",")).anyMatch(DimensionReader::needsIdentity));
    if (byConsumer && auth == null) {
      item.fault(
          (type == LimitType.LIMIT_BY ? "limit_by: " + name : type.label())
              + " on a route without auth, where nobody is known",
          "auth on the route, such as auth: { in_header: [x-api-key, authorization] }");
    }
  }

  /** What a block says holds for those of its items where it makes sense. */
  private static void checkMissing(Value missing, LimitItem item) {
    if (!missing.isAbsent() && item.missing() == MissingKey.SHARED && !mayBeShared(item)) {
      missing.fault(
          "shared, where no key is for requests without a value",
          "skip, refuse, or a last key \"*\" whose limit they share");
    }
  }

  private static boolean mayBeShared(LimitItem item) {
    return item.keys().stream()
        .flatMap(rule -> rule.patterns().stream())
        .anyMatch(pattern -> LimitPattern.isForAll(item.type(), pattern));
  }
}
