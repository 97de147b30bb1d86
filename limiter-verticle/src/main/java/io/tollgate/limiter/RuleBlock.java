package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.AdmitRequest;
import java.util.List;
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

  /** Hands over each limit that applies, and each value that the request should have had. */
  void match(AdmitRequest request, Consumer<Limit> limits, Consumer<Lack> lacks) {
    if (!block
        .when()
        .includes(request.labels(), request.consumer(), request.model(), request.route())) {
      return;
    }
    if (global != null && !request.onlyByProvider()) {
      each(limits, LimitType.GLOBAL_THRESHOLD, "", null, null, global);
    }
    for (RuleItem item : items) {
      boolean asked = !request.onlyByProvider() || item.goesByProvider();
      LimitItem config = item.config();
      boolean matched =
          switch (item.match(request)) {
            case RuleItem.None none -> false;
            case RuleItem.Lacks lacking -> {
              if (asked) {
                lacks.accept(new Lack(block, config, lacking.dimension()));
              }
              yield true;
            }
            case RuleItem.Applies found -> {
              if (asked) {
                String provider = item.goesByProvider() ? request.provider() : null;
                each(
                    limits,
                    config.type(),
                    config.keyName(),
                    found.value(),
                    provider,
                    found.allowance());
              }
              yield true;
            }
          };
      if (matched && block.firstMatchOnly()) {
        return;
      }
    }
  }

  private void each(
      Consumer<Limit> limits,
      LimitType type,
      String keyName,
      @Nullable FactValue value,
      @Nullable String provider,
      Timetable allowance) {
    Rate rate = tariff.now(block, allowance);
    for (LimitTerms terms : rate.windows()) {
      LimitKey key = new LimitKey(block.ruleName(), type, terms.label(), keyName, value, provider);
      limits.accept(new Limit(key, names.of(key), terms, rate, block));
    }
  }
}
