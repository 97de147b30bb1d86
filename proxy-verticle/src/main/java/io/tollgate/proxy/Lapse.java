package io.tollgate.proxy;

import io.micrometer.core.instrument.Counter;
import io.tollgate.contract.config.FailPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What passes one rule or quota while it can't be checked as a whole: unchecked where it fails
 * open, by nodes' parts where it is shared. When it is checked again, one line says for how long it
 * was not and what has passed. Shared by all event loops of a node; thread-safe.
 */
final class Lapse {
  /** A node's event loops notice one after the other that a store is back. */
  static final long MIXED_NANOS = Duration.ofSeconds(3).toNanos();

  private static final Logger log = LoggerFactory.getLogger(Lapse.class);

  /** From the first request that passed to the first that was checked after the last of these. */
  private static final class Span {
    private final long startNanos;
    private long lastPassNanos;
    private boolean isChecked;
    private long checkedNanos;
    private long requests;
    private long ended;
    private long tokens;

    Span(long nowNanos) {
      this.startNanos = nowNanos;
    }
  }

  private final String subject;
  private final FailPolicy policy;
  private final Counter requests;
  private final Counter tokens;
  private volatile @Nullable Span current;

  /**
   * @param subject names the rule or quota in the log
   * @param requests counts what passes
   * @param tokens counts what these have used
   */
  Lapse(String subject, FailPolicy policy, Counter requests, Counter tokens) {
    this.subject = subject;
    this.policy = policy;
    this.requests = requests;
    this.tokens = tokens;
  }

  /** A request passes; its end is to be told. */
  Passage passed(long nowNanos) {
    requests.increment();
    synchronized (this) {
      Span span = current;
      if (span == null) {
        span = new Span(nowNanos);
        current = span;
      }
      span.requests++;
      span.lastPassNanos = nowNanos;
      span.isChecked = false;
      Span passedIn = span;
      return used -> ended(passedIn, used);
    }
  }

  /** A request was checked, so the lapse is over, unless another loop goes on with it. */
  void checked(long nowNanos) {
    if (current == null) {
      return;
    }
    synchronized (this) {
      Span span = current;
      if (span == null) {
        return;
      }
      if (!span.isChecked) {
        span.isChecked = true;
        span.checkedNanos = nowNanos;
      }
      if (nowNanos - span.lastPassNanos >= MIXED_NANOS) {
        current = null;
        log.warn("{}", summary(span));
      }
    }
  }

  private void ended(Span span, long used) {
    tokens.increment((double) used);
    synchronized (this) {
      span.ended++;
      span.tokens += used;
    }
  }

  private String summary(Span span) {
    long seconds = Math.round((span.checkedNanos - span.startNanos) / 1e9);
    long open = span.requests - span.ended;
    return "%s was %s for %d s: %,d requests, %,d tokens passed%s"
        .formatted(
            subject,
            policy == FailPolicy.SHARE ? "enforced by this node's part alone" : "not enforced",
            seconds,
            span.requests,
            span.tokens,
            open == 0 ? "" : ", %,d requests of these still open".formatted(open));
  }

  /** One request that passed. */
  interface Passage {
    /** Called once, when the request has ended. */
    void ended(long tokens);
  }
}
