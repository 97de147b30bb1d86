package io.tollgate.proxy;

import io.tollgate.contract.config.QuotaBlock;

/** What becomes of a request once its caller is known. */
sealed interface Purpose {
  /** A model's work: held, forwarded, settled. */
  record Metered() implements Purpose {}

  /** Passed on without holds. */
  record Passed() implements Purpose {}

  /** Answered with the models that the caller may ask for. */
  record ListModels() implements Purpose {}

  /** A call to read or change a balance of the route's quota. */
  record AdministerQuota(QuotaBlock quota, QuotaCommand command) implements Purpose {}

  default boolean isMetered() {
    return this instanceof Metered;
  }
}
