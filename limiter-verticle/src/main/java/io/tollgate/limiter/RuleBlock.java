package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.AdmitRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One of a route's blocks, ready to be matched: its global threshold, then its items in order. */
final class RuleBlock {
  private final LimitBlock block;
  private final List<RuleItem> items;
  private final CounterNames names;
  private final @Nullable Timetable global;
  private final Tariff tariff;

  RuleBlock(LimitBlock block, KnownKeys keys, Tariff tariff) {
    this.block = block;
    this.global = block.global() == null ? null : new Timetable(block.global());
    this.tariff = tariff;
    this.items = block.items().stream().map(item -> new RuleItem(item, keys)).toList();
    this.names = new CounterNames(keys);
  }

  /** Hands over each limit that applies. */
  void match(AdmitRequest request, Consumer<Limit> limits) {
    if (global != null) {
      each(limits, LimitType.GLOBAL_THRESHOLD, "", null, global);
    }
    for (RuleItem item : items) {
      Optional<RuleItem.Match> match = item.match(request);
      match.ifPresent(
          found ->
              each(
                  limits,
                  item.type(),
                  item.keyName(),
                  CounterNames.shortened(found.value()),
                  found.allowance()));
      if (match.isPresent() && block.firstMatchOnly()) {
        return;
      }
    }
  }

  private void each(
      Consumer<Limit> limits,
      LimitType type,
      String keyName,
      @Nullable FactValue value,
      Timetable allowance) {
    for (LimitTerms terms : tariff.now(block, allowance)) {
      LimitKey key = new LimitKey(block.ruleName(), type, terms.label(), keyName, value);
      limits.accept(new Limit(key, names.of(key), terms, block));
    }
  }
}
