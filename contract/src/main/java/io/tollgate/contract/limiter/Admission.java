package io.tollgate.contract.limiter;

import io.tollgate.contract.hold.LimitHold;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to {@link AdmitRequest}. */
public sealed interface Admission {
  /**
   * Go ahead.
   *
   * @param holds what was taken, to be settled when the request ends; empty when no rule applies
   * @param tightest the rule with the smallest share left, for the headers of the answer; null when
   *     no rule applies
   */
  record Admitted(List<LimitHold> holds, @Nullable Standing tightest) implements Admission {
    public Admitted {
      holds = List.copyOf(holds);
    }
  }

  /**
   * A limit is spent; nothing was taken.
   *
   * @param rule which one: {@code <rule_name>/<type>[:<key name>]/<window seconds>s}, without the
   *     value
   * @param limit tokens in a window
   * @param used tokens counted in this window
   * @param held tokens held by requests in progress
   * @param resetMillis until a request can pass again
   * @param rejectedCode the HTTP status to refuse with
   * @param rejectedMessage the rule's own text, sent as it is; null for the standard body
   * @param part this node's part of the limit, which is what is spent while the store can't be
   *     reached, and what {@code used} and {@code held} are of; null when the store was asked
   */
  record Throttled(
      String rule,
      long limit,
      long used,
      long held,
      long resetMillis,
      int rejectedCode,
      @Nullable String rejectedMessage,
      @Nullable Long part)
      implements Admission {
    /** A refusal by the store's own counter. */
    public Throttled(
        String rule,
        long limit,
        long used,
        long held,
        long resetMillis,
        int rejectedCode,
        @Nullable String rejectedMessage) {
      this(rule, limit, used, held, resetMillis, rejectedCode, rejectedMessage, null);
    }

    /** The tokens that {@code used} and {@code held} are of: the limit, or this node's part. */
    public long allowed() {
      return part == null ? limit : part;
    }
  }

  /**
   * The counters can't be reached and the rule fails closed; nothing was taken.
   *
   * @param rule the rule's name
   */
  record Unavailable(String rule, long retryAfterMillis) implements Admission {}

  /**
   * Where a limit stands after this request's hold.
   *
   * @param remaining tokens neither used nor held
   * @param resetMillis until the window ends
   */
  record Standing(long limit, long remaining, long resetMillis) {}
}
