package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.hold.LimitType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An entry of {@code rule_items}. */
final class LimitItemReader {
  static final String IN_ITEM = "failed to parse rule_item in rule_items: ";
  static final String CONSUMER = "x-mse-consumer";

  private static final String FROM_HEADER = "from-header-";
  private static final Pattern SOURCE =
      Pattern.compile("from-remote-addr|from-header-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
  private static final List<LimitType> TYPES =
      Arrays.stream(LimitType.values())
          .filter(type -> type != LimitType.GLOBAL_THRESHOLD && type != LimitType.LIMIT_BY)
          .toList();

  private final LimitKeyReader keys;

  LimitItemReader(LimitKeyReader keys) {
    this.keys = keys;
  }

  /** Empty when it cannot be told what the item goes by. */
  Optional<LimitItem> read(Value value) {
    try (Section item = Section.required(value, "a section with one limit_by_… and limit_keys")) {
      List<LimitType> present =
          TYPES.stream().filter(type -> !item.value(type.label()).isAbsent()).toList();
      Value limitKeys = item.value("limit_keys");
      if (present.size() != 1) {
        item.fault(foundTypes(present), "exactly one limit_by_…; write one rule item for each");
        return Optional.empty();
      }
      LimitType type = present.getFirst();
      String name = keyName(type, item.value(type.label()));
      List<LimitKeyRule> rules = keys.read(limitKeys, type, name);
      return Optional.of(new LimitItem(type, name, rules));
    }
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

  private static String keyName(LimitType type, Value value) {
    return switch (type) {
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER -> consumer(value);
      case LIMIT_BY_PER_IP -> source(value);
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER ->
          value.text(RouteAuthReader.TOKEN, "the name of a header").toLowerCase(Locale.ROOT);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE ->
          value.text(RouteAuthReader.TOKEN, "the name of a cookie");
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> value.text(Names.FORM, "the name of a parameter");
      case GLOBAL_THRESHOLD, LIMIT_BY -> throw new IllegalStateException("not a type of rule item");
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
}
