package io.tollgate.contract.auth;

import java.util.Map;

/** The answer to {@link AuthRequest}. */
public sealed interface Verdict {
  /**
   * The key belongs to this consumer, who may use the route.
   *
   * @param labels such as plan and team, by which rules and quotas select
   */
  record Identified(String consumer, Map<String, String> labels) implements Verdict {
    public Identified {
      labels = Map.copyOf(labels);
    }
  }

  /** The caller sent no key. */
  record NoKey() implements Verdict {}

  /** No consumer has any of the keys. */
  record UnknownKey() implements Verdict {}

  /** The key belongs to this consumer, who is not on the route's allow list. */
  record NotAllowed(String consumer) implements Verdict {}
}
