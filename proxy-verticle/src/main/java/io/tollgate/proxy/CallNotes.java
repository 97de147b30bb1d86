package io.tollgate.proxy;

import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.usage.Outcome;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request's notes from its arrival to its end: each step writes down what it found, for the
 * decision line and the metrics. Nothing is decided by them. Confined to the request's event loop.
 */
final class CallNotes {
  private final String requestId;
  private final long startNanos = System.nanoTime();

  @Nullable String route;
  @Nullable String consumer;
  @Nullable String model;
  @Nullable String provider;
  @Nullable String rule;

  /** Why the rule refuses; null when no rule does. */
  Admission.@Nullable Cause cause;

  /** The rules in shadow that would have refused. */
  List<String> limitsThatWouldRefuse = List.of();

  List<String> budgetsThatWouldRefuse = List.of();

  @Nullable Bill bill;

  /** Why some of the answer could not be read. */
  @Nullable String unread;

  /** Completes when the bill is known, if there is to be one. Never fails. */
  Future<?> settled = Future.succeededFuture();

  boolean stream;

  /** Whether no limiter answered, and its rules say that the request passes. */
  boolean unlimited;

  /** The rules and quotas that the request has passed without their stores. */
  List<Lapse.Passage> passages = List.of();

  long heldTokens;
  long identifyNanos;
  long admittedNanos;
  long forwardedNanos;
  long firstByteNanos;
  long endNanos;
  int status;
  String verdict = PASSED;

  /** The verdict on a request that was not refused. */
  static final String PASSED = "passed";

  CallNotes() {
    // A request id is no secret, so it need not wait for the system's entropy.
    ThreadLocalRandom random = ThreadLocalRandom.current();
    this.requestId = new UUID(random.nextLong(), random.nextLong()).toString();
  }

  String requestId() {
    return requestId;
  }

  long startNanos() {
    return startNanos;
  }

  void alsoWouldRefuse(List<String> rules) {
    if (!rules.isEmpty()) {
      limitsThatWouldRefuse =
          Stream.concat(limitsThatWouldRefuse.stream(), rules.stream()).distinct().toList();
    }
  }

  String outcome() {
    if (bill != null) {
      return bill.outcome().label();
    }
    return verdict.equals(PASSED) ? Outcome.COMPLETED.label() : Outcome.REFUSED.label();
  }
}
