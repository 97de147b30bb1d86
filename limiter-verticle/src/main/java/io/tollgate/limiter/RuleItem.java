package io.tollgate.limiter;

import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.MissingKey;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.AdmitRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule item, ready to be matched. It looks at one value of a request, or several together; of
 * its keys the first that matches applies.
 */
final class RuleItem {
  /** What an item has to do with a request. */
  sealed interface Match {}

  /** Nothing. */
  enum None implements Match {
    NONE
  }

  /**
   * One of its keys applies.
   *
   * @param value as {@link io.tollgate.contract.hold.LimitKey} has it
   */
  record Applies(@Nullable FactValue value, Timetable allowance) implements Match {}

  /** The request lacks what the item goes by, and is to be refused for that. */
  record Lacks(Dimension dimension) implements Match {}

  private record Key(List<ValuePattern> patterns, Timetable allowance) {
    boolean matches(List<@Nullable FactValue> values) {
      for (int i = 0; i < values.size(); i++) {
        FactValue value = values.get(i);
        ValuePattern pattern = patterns.get(i);
        if (value == null ? !pattern.isForAll() : !pattern.matches(value)) {
          return false;
        }
      }
      return true;
    }
  }

  private final LimitItem item;
  private final List<Dimension> dimensions;
  private final List<Key> keys;

  RuleItem(LimitItem item, KnownKeys known) {
    this.item = item;
    this.dimensions = Dimension.of(item);
    this.keys =
        item.keys().stream()
            .map(
                key ->
                    new Key(ValuePattern.compile(item, key, known), new Timetable(key.allowance())))
            .toList();
  }

  LimitItem config() {
    return item;
  }

  /** Whether its counters are for one provider each. */
  boolean goesByProvider() {
    return dimensions.stream().anyMatch(d -> d.name().equals(Dimension.PROVIDER));
  }

  Match match(AdmitRequest request) {
    Selector when = item.when();
    if (!when.includes(request.labels(), request.consumer(), request.model(), request.route())) {
      return None.NONE;
    }
    List<@Nullable FactValue> values = new ArrayList<>(dimensions.size());
    for (Dimension dimension : dimensions) {
      FactValue value = dimension.valueIn(request);
      if (value == null && item.missing() != MissingKey.SHARED) {
        return item.missing() == MissingKey.REFUSE ? new Lacks(dimension) : None.NONE;
      }
      values.add(value);
    }
    for (Key key : keys) {
      if (key.matches(values)) {
        return new Applies(counterValue(values), key.allowance());
      }
    }
    return None.NONE;
  }

  private @Nullable FactValue counterValue(List<@Nullable FactValue> values) {
    if (item.type() == LimitType.LIMIT_BY) {
      return JoinedValues.of(values);
    }
    FactValue value = values.getFirst();
    return value == null ? null : CounterNames.shortened(value);
  }
}
