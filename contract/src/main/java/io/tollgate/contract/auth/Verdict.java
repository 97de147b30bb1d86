package io.tollgate.contract.auth;

/** The answer to {@link AuthRequest}. */
public sealed interface Verdict {
  /** The key belongs to this consumer, who may use the route. */
  record Identified(String consumer) implements Verdict {}

  /** The caller sent no key. */
  record NoKey() implements Verdict {}

  /** No consumer has any of the keys. */
  record UnknownKey() implements Verdict {}

  /** The key belongs to this consumer, who is not on the route's allow list. */
  record NotAllowed(String consumer) implements Verdict {}
}
