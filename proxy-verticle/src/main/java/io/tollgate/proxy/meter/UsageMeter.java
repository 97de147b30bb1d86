package io.tollgate.proxy.meter;

import io.tollgate.contract.usage.TokenUsage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Meters one answer as it passes, whatever its protocol and chunks. Made by {@link Forecast#meter};
 * used on the event loop of its {@link Estimator}. Never fails and never keeps a chunk: of an
 * answer that it can't read it counts what it can.
 */
public final class UsageMeter {
  private final Forecast forecast;
  private final UsageReader reader;
  private @Nullable Metered ended;
  private @Nullable String unread;

  UsageMeter(Forecast forecast, UsageReader reader) {
    this.forecast = forecast;
    this.reader = reader;
  }

  /** Takes the next bytes of the answer, as they came from the provider and uncompressed. */
  public void accept(Buffer chunk) {
    accept(chunk, EventBoundary.NONE);
  }

  void accept(Buffer chunk, EventBoundary boundary) {
    reader.read(chunk, boundary);
  }

  /**
   * Some of the answer can't be read, so that what it reports and says may be less than it is.
   *
   * @param why for the decision line
   */
  public void cannotRead(String why) {
    unread = why;
  }

  /** Why some of the answer was not read; null when all of it was. */
  public @Nullable String unread() {
    return unread;
  }

  /** Whether the provider has reported tokens of the input, of the output or of both. */
  public boolean reportsUsage() {
    return reader.reported().usage().isPresent();
  }

  /** Whether the answer has come to its end, by its own account. */
  public boolean isComplete() {
    return reader.complete();
  }

  UsageReader reader() {
    return reader;
  }

  /** Input plus output up to now: what was reported, or our own count. Cheap, callable any time. */
  public long tokensSoFar() {
    ReportedUsage reported = reader.reported();
    Long total = reported.total();
    if (total != null) {
      return total;
    }
    Long prompt = reported.prompt();
    Long completion = reported.completion();
    return (prompt == null ? forecast.promptTokens() : prompt)
        + (completion == null ? writtenTokens() : completion);
  }

  /**
   * Ends the metering, after the last byte or where the answer broke off. The estimator learns from
   * an answer that is exact and complete. Further calls return the same.
   */
  public Metered end() {
    if (ended == null) {
      ended = measured();
      if (!ended.estimated() && ended.complete()) {
        forecast.learn(ended.usage(), reader);
      }
    }
    return ended;
  }

  private Metered measured() {
    TokenUsage reported = reader.reported().usage();
    Long prompt = reported.prompt();
    Long completion = reported.completion();
    boolean onlyTotal = prompt == null && completion == null && reported.total() != null;
    boolean enough = onlyTotal || (prompt != null && (completion != null || !forecast.hasOutput()));
    TokenUsage usage = enough ? reported : completed(reported);
    return new Metered(usage, !enough, reader.model(), reader.finishReason(), reader.complete());
  }

  private TokenUsage completed(TokenUsage reported) {
    long prompt = reported.prompt() == null ? forecast.promptTokens() : reported.prompt();
    long completion = reported.completion() == null ? writtenTokens() : reported.completion();
    return reported.completed(prompt, completion);
  }

  private long writtenTokens() {
    long written = forecast.outputTokens(reader.text());
    return unread == null ? written : Math.max(written, forecast.estimate().outputTokens());
  }
}
