package io.tollgate.limiter;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.KeyText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes several values of a request as one, of which nobody can make up another's: {@code
 * ann,qwen-max}. Commas inside of values are percent-encoded, as is what {@link KeyText} encodes; a
 * value that is absent is {@code -}, and one that is just that is encoded. What carries a key
 * stands there as its hash.
 */
final class JoinedValues {
  private JoinedValues() {}

  static FactValue of(List<@Nullable FactValue> values) {
    List<String> parts = new ArrayList<>(values.size());
    for (FactValue value : values) {
      parts.add(value == null ? CounterNames.ABSENT : part(value));
    }
    return FactValue.plain(String.join(",", parts));
  }

  private static String part(FactValue value) {
    FactValue bounded = CounterNames.shortened(value);
    return bounded.hashed() ? KnownKeys.hashOf(bounded) : CounterNames.present(bounded.text(), ",");
  }
}
