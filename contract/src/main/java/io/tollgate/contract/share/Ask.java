package io.tollgate.contract.share;

import org.jspecify.annotations.Nullable;

/**
 * One limit or balance that a request needs a hold on.
 *
 * @param counter names it, across all stores
 * @param capacity tokens in a window; null for a balance, which has no windows and of which only
 *     the store knows
 * @param windowMillis how long a window is; not looked at for a balance
 * @param strict whether the estimate must fit whole
 */
public record Ask(String counter, @Nullable Long capacity, long windowMillis, boolean strict) {
  /** A rate limit. */
  public static Ask limit(String counter, long capacity, long windowSeconds, boolean strict) {
    return new Ask(counter, capacity, windowSeconds * 1000, strict);
  }

  /** A balance. */
  public static Ask balance(String counter) {
    return new Ask(counter, null, 0, false);
  }
}
