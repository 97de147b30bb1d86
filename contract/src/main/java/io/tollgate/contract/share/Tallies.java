package io.tollgate.contract.share;

import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.share.Sights.Sight;
import java.time.InstantSource;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/** Begins to count by a part as the rule counts, from what the store said last. */
final class Tallies {
  private final InstantSource calendar;
  private final InProgress admittedByStores;

  /**
   * @param calendar the clock that calendar windows go by
   * @param admittedByStores what is in progress and not by parts
   */
  Tallies(InstantSource calendar, InProgress admittedByStores) {
    this.calendar = calendar;
    this.admittedByStores = admittedByStores;
  }

  /**
   * @param sight null when nothing is known to be used; a balance has one
   * @param nodes among how many it is shared
   */
  Tally begin(Ask ask, @Nullable Sight sight, int nodes, long nowMillis) {
    LimitTerms terms = ask.terms();
    long seen = sight == null ? 0 : sight.counted();
    long endsMillis = sight == null ? nowMillis : sight.endsMillis();
    if (terms == null) {
      return WindowTally.ofBalance(calendar, sight == null ? 0 : sight.whole());
    }
    return switch (terms.algorithm()) {
      case FIXED_WINDOW ->
          new WindowTally(
              calendar,
              terms.period(),
              sight == null ? ask.whole() : sight.whole(),
              seen,
              endsMillis);
      case SLIDING_WINDOW -> new SlidingTally(terms.period().millis(), seen, endsMillis, nowMillis);
      case TOKEN_BUCKET, LEAKY_BUCKET ->
          new BucketTally(ask, nodes, seen, sight == null ? nowMillis : sight.atMillis());
      case CONCURRENCY -> {
        LongToIntFunction admitted = at -> admittedByStores.on(ask.counter(), at);
        yield new ProgressTally(admitted, ask.whole(), sight == null ? 0 : sight.own(), seen);
      }
    };
  }
}
