package io.tollgate.limiter;

import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.CallFacts;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One rule item, ready to be matched. It looks at one value of a request; of its keys the first
 * that matches applies. A request without that value is not the item's business.
 */
final class RuleItem {
  private static final String FROM_HEADER = "from-header-";

  private record Key(ValuePattern pattern, Timetable allowance) {}

  /** The value that was found, and what is allowed for it to it. */
  record Match(FactValue value, Timetable allowance) {}

  private final LimitType type;
  private final String keyName;
  private final List<Key> keys;

  RuleItem(LimitItem item, KnownKeys known) {
    this.type = item.type();
    this.keyName = item.keyName();
    this.keys =
        item.keys().stream()
            .map(
                key ->
                    new Key(
                        ValuePattern.compile(type, key.patterns().getFirst(), known),
                        new Timetable(key.allowance())))
            .toList();
  }

  LimitType type() {
    return type;
  }

  String keyName() {
    return keyName;
  }

  Optional<Match> match(AdmitRequest request) {
    FactValue value = valueIn(request);
    if (value == null) {
      return Optional.empty();
    }
    for (Key key : keys) {
      if (key.pattern().matches(value)) {
        return Optional.of(new Match(value, key.allowance()));
      }
    }
    return Optional.empty();
  }

  private @Nullable FactValue valueIn(AdmitRequest request) {
    CallFacts facts = request.facts();
    return switch (type) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER -> facts.headers().get(keyName);
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> facts.params().get(keyName);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> nonEmpty(facts.cookies().get(keyName));
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER ->
          request.consumer() == null ? null : FactValue.plain(request.consumer());
      case LIMIT_BY_PER_IP -> addressIn(facts);
      case LIMIT_BY, GLOBAL_THRESHOLD -> null;
    };
  }

  private static @Nullable FactValue nonEmpty(@Nullable FactValue value) {
    return value == null || value.text().isEmpty() ? null : value;
  }

  private @Nullable FactValue addressIn(CallFacts facts) {
    String text = facts.remoteAddress();
    if (keyName.startsWith(FROM_HEADER)) {
      FactValue header = facts.headers().get(keyName.substring(FROM_HEADER.length()));
      if (header == null) {
        return null;
      }
      text = header.text().split(",", 2)[0].strip();
    }
    return IpAddress.parseEndpoint(text)
        .map(address -> FactValue.plain(address.text()))
        .orElse(null);
  }
}
