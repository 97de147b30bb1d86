package io.tollgate.contract.limiter;

import io.tollgate.contract.hold.LimitHold;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answer to {@link AdmitRequest}. */
public sealed interface Admission {
  /**
   * Go ahead.
   *
   * @param limits what was taken, in the order of the configuration; empty when no rule applies
   * @param wouldRefuse the rules in shadow that would have refused
   */
  record Admitted(List<HeldLimit> limits, List<String> wouldRefuse) implements Admission {
    /** No rule applies. */
    public static final Admitted FREELY = new Admitted(List.of(), List.of());

    public Admitted {
      limits = List.copyOf(limits);
      wouldRefuse = List.copyOf(wouldRefuse);
    }

    /** The same, which these rules in shadow would have refused as well. */
    public Admitted alsoRefusedBy(List<String> rules) {
      return rules.isEmpty()
          ? this
          : new Admitted(limits, Stream.concat(rules.stream(), wouldRefuse.stream()).toList());
    }

    public List<LimitHold> holds() {
      return limits.stream().map(HeldLimit::hold).toList();
    }

    /** The rule with the smallest share left; null when none applies that callers are told of. */
    public @Nullable Standing tightest() {
      return HeldLimit.tightest(limits);
    }
  }

  /**
   * A limit is spent; nothing was taken.
   *
   * @param rule which one: {@code <rule_name>/<type>[:<key name>]/<window>}, without the value
   * @param cause why it refuses
   * @param unit what is counted: {@code tokens}, {@code requests} or {@code concurrent requests};
   *     of {@link Cause#MISSING_KEY} what the request lacks, such as {@code header x-tier}
   * @param limit what may be used in a window
   * @param used what is counted in this window
   * @param held what requests in progress hold
   * @param resetMillis until a request can pass again
   * @param rejectedCode the HTTP status to refuse with
   * @param rejectedMessage the rule's own text, sent as it is; null for the standard body
   * @param part this node's part of the limit, which is what is spent while the store can't be
   *     reached, and what {@code used} and {@code held} are of; null when the store was asked
   */
  record Throttled(
      String rule,
      Cause cause,
      String unit,
      long limit,
      long used,
      long held,
      long resetMillis,
      int rejectedCode,
      @Nullable String rejectedMessage,
      @Nullable Long part)
      implements Admission {
    /** The tokens that {@code used} and {@code held} are of: the limit, or this node's part. */
    public long allowed() {
      return part == null ? limit : part;
    }
  }

  /** Why a rule refuses. */
  enum Cause {
    /** Nothing is left. */
    SPENT,
    /** After too many refusals the key is refused for longer. */
    PENALTY,
    /** The request lacks the value that the rule goes by. */
    MISSING_KEY
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
   * @param unit what is counted, as in {@link Throttled}
   * @param remaining what is neither used nor held
   * @param resetMillis until the window ends
   */
  record Standing(String unit, long limit, long remaining, long resetMillis) {
    /** Of a limit on tokens. */
    public Standing(long limit, long remaining, long resetMillis) {
      this("tokens", limit, remaining, resetMillis);
    }

    double share() {
      return (double) remaining / limit;
    }
  }
}
