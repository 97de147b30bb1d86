package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitWindow;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
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

  RuleBlock(LimitBlock block, KnownKeys keys) {
    this.block = block;
    this.items = block.items().stream().map(item -> new RuleItem(item, keys)).toList();
    this.names = new CounterNames(keys);
  }

  /** Hands over each limit that applies. */
  void match(AdmitRequest request, Consumer<Limit> limits) {
    LimitWindow global = block.global();
    if (global != null) {
      limits.accept(limit(LimitType.GLOBAL_THRESHOLD, "", null, global));
    }
    for (RuleItem item : items) {
      Optional<RuleItem.Match> match = item.match(request);
      match
          .map(
              found ->
                  limit(
                      item.type(),
                      item.keyName(),
                      CounterNames.shortened(found.value()),
                      found.window()))
          .ifPresent(limits);
      if (match.isPresent() && block.firstMatchOnly()) {
        return;
      }
    }
  }

  private Limit limit(
      LimitType type, String keyName, @Nullable FactValue value, LimitWindow window) {
    LimitKey key = new LimitKey(block.ruleName(), type, window.seconds(), keyName, value);
    return new Limit(key, names.of(key), window.tokens(), block);
  }
}
