package io.tollgate.limiter;

import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.explain.LimitView;
import io.tollgate.contract.explain.Passing;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.limiter.AdmitRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a limit looks to people who ask about a request: without any key. */
record Appearance(Limit limit, AdmitRequest request) {

  LimitView of(LimitOutcome outcome) {
    return switch (outcome) {
      case LimitOutcome.Taken taken -> {
        long held = Math.max(0, taken.held() - taken.hold().tokens());
        boolean fits =
            !isShadow()
                || limit.capacity() - taken.used() - held >= limit.needs(request.estimate());
        yield known(
            taken.used(),
            held,
            taken.used() + held == 0 ? 0 : taken.resetMillis(),
            fits ? Passing.PASSES : Passing.WOULD_REFUSE);
      }
      case LimitOutcome.Spent spent ->
          view(
              spent.used(),
              spent.held(),
              left(spent.used(), spent.held()),
              spent.resetMillis(),
              isShadow() ? Passing.WOULD_REFUSE : Passing.REFUSES,
              spent.waitMillis(),
              spent.penalty() ? "a penalty lasts" : "");
      case LimitOutcome.Broken broken -> unknown("its counter holds no integer");
      case LimitOutcome.Unreached unreached -> unknown(unreached.reason());
      case LimitOutcome.Skipped skipped -> unknown("it was not asked");
      case LimitOutcome.PartTaken part -> unknown("its store is away");
      case LimitOutcome.PartSpent part -> unknown("its store is away");
    };
  }

  LimitView unknown(String why) {
    String policy = limit.block().fail().name().toLowerCase(Locale.ROOT);
    return view(null, null, null, null, Passing.UNKNOWN, null, why + "; fail: " + policy);
  }

  private LimitView known(long used, long held, long resetMillis, Passing passing) {
    return view(used, held, left(used, held), resetMillis, passing, null, "");
  }

  private long left(long used, long held) {
    return Math.max(0, limit.capacity() - used - held);
  }

  private LimitView view(
      @Nullable Long used,
      @Nullable Long held,
      @Nullable Long left,
      @Nullable Long resetMillis,
      Passing passing,
      @Nullable Long retryMillis,
      String note) {
    return new LimitView(
        limit.rule(),
        key(),
        limit.terms().algorithm().name().toLowerCase(Locale.ROOT),
        limit.unit(),
        limit.terms().count().label(),
        isShadow(),
        limit.capacity(),
        limit.usualCapacity(),
        RateText.of(limit),
        used,
        held,
        left,
        resetMillis,
        passing,
        retryMillis,
        note);
  }

  private boolean isShadow() {
    return limit.block().admitting().mode() == LimitMode.SHADOW;
  }

  /** Of a key only whose it is. */
  private String key() {
    FactValue value = limit.key().value();
    if (value == null) {
      return "";
    }
    if (!value.hashed()) {
      return value.text();
    }
    return request.consumer() == null ? "a key" : "the key of " + request.consumer();
  }
}
