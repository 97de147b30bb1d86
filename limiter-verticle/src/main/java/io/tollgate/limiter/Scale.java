package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitTerms;

/** Multiplies what is allowed. */
final class Scale {
  /** The largest number that every JSON reader and Redis' Lua keep exact. */
  private static final long MOST = 1L << 53;

  private Scale() {}

  /** The same terms with another amount, at least one: nothing is closed by a small number. */
  static LimitTerms of(LimitTerms terms, double scale) {
    if (scale == 1) {
      return terms;
    }
    long amount = Math.round(terms.amount() * scale);
    return terms.withAmount(Math.clamp(amount, 1, MOST));
  }
}
