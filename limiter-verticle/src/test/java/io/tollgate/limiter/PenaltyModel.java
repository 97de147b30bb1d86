package io.tollgate.limiter;

import io.tollgate.contract.config.Penalty;
import java.util.ArrayList;
import java.util.List;

/** When a key that goes on after refusals is refused for longer; times are milliseconds. */
final class PenaltyModel {
  private final Penalty terms;
  private final List<Long> refusals = new ArrayList<>();
  private long ends;
  private double length;
  private long last = -1;

  PenaltyModel(Penalty terms) {
    this.terms = terms;
  }

  long left(long now) {
    return Math.max(0, ends - now);
  }

  void refuse(long now) {
    if (left(now) == 0) {
      if (last >= 0 && now - Math.max(last, ends) >= terms.forgive().toMillis()) {
        length = 0;
        refusals.clear();
      }
      refusals.removeIf(time -> time <= now - terms.period().toMillis());
      refusals.add(now);
      if (refusals.size() >= terms.refusals()) {
        refusals.clear();
        length =
            length == 0
                ? terms.first().toMillis()
                : Math.min(terms.longest().toMillis(), Math.ceil(length * terms.factor()));
        ends = now + (long) length;
      }
    }
    last = now;
  }
}
