package io.tollgate.proxy.meter;

import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Meters one answer as it passes, whatever its protocol and chunks. Made by {@link Forecast#meter};
 * used on the event loop of its {@link Estimator}. Never fails and never keeps a chunk: of an
 * answer that it can't read it counts what it can.
 */
public final class UsageMeter {
  private static final long UNKNOWN_LENGTH = -1;

  private final Forecast forecast;
  private final String askedModel;
  private final OutputCount output;
  private final UsageReader reader;
  private @Nullable Metered ended;
  private @Nullable Future<Metered> counted;
  private @Nullable String unread;
  private long length = UNKNOWN_LENGTH;

  /**
   * @param askedModel as the provider was asked for it
   */
  UsageMeter(Forecast forecast, String askedModel) {
    this.forecast = forecast;
    this.askedModel = askedModel;
    this.output = new OutputCount(forecast.workshop(), this::family, this::lacksCompletion);
    this.reader = new UsageReader(forecast.window(), output.text());
  }

  /**
   * The answer will have so many bytes, as they are accepted. Of a document that breaks off it
   * tells how much is missing, which the model has written all the same.
   */
  public void expect(long bytes) {
    length = bytes;
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

  /**
   * Input plus output up to now: what was reported, or our own count, which is a rough one but for
   * the text that {@link #refine} has counted. Cheap, callable any time.
   */
  public TokenUsage soFar() {
    TokenUsage reported = reader.reported().usage();
    return reported.total() == null ? completed(reported) : reported;
  }

  /** The tokens in {@link #soFar} that are told from the number of characters alone. */
  public long roughTokens() {
    return lacksCompletion()
        ? output.rough(forecast.calibration(model()), forecast.calibration())
        : 0;
  }

  /** Begins to count what has come by now, unless that is under way. */
  public void refine() {
    output.refine();
  }

  /** Whether a count is under way. */
  public boolean isRefining() {
    return output.isRefining();
  }

  /**
   * Ends the metering, after the last byte or where the answer broke off, with a rough count of
   * what was not reported. The estimator learns from an answer that is exact and complete. Further
   * calls return the same.
   */
  public Metered end() {
    if (ended == null) {
      ended = measured();
      if (!ended.estimated() && ended.complete()) {
        forecast.learn(model(), ended.usage(), reader.reasoningShown(), output);
        if (isDocument()) {
          forecast.calibration(model()).learnOverhead(reader.bytesRead() - textBytes());
        }
      }
    }
    return ended;
  }

  /**
   * Ends the metering like {@link #end}, and counts what was not reported as near to the truth as
   * it can. Succeeds at once when all was reported, and never fails. Further calls return the same.
   */
  public Future<Metered> count() {
    if (counted == null) {
      counted = counted();
    }
    return counted;
  }

  private Future<Metered> counted() {
    Metered rough = end();
    if (!rough.estimated()) {
      return Future.succeededFuture(rough);
    }
    ReportedUsage reported = reader.reported();
    Long prompt = reported.prompt();
    Future<Long> promptTokens =
        prompt == null ? forecast.countPrompt(model()) : Future.succeededFuture(prompt);
    Future<Long> completionTokens =
        lacksCompletion()
            ? forecast.countOutput(model(), output).map(this::withMissing).map(this::atLeast)
            : Future.succeededFuture(rough.usage().completionTokens());
    return Future.all(promptTokens, completionTokens)
        .map(
            both ->
                rough.with(
                    reported.usage().completed(promptTokens.result(), completionTokens.result())))
        .otherwise(rough);
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
    return atLeast(output.soFar(forecast.calibration(model()), forecast.calibration()));
  }

  /** Of an answer that could not be read, what was expected of it. */
  private long atLeast(long written) {
    return unread == null ? written : Math.max(written, forecast.estimate().outputTokens());
  }

  /** With the rest of a text in whose middle a document broke off. */
  private long withMissing(long written) {
    if (length == UNKNOWN_LENGTH || !isDocument() || !output.text().isOpen()) {
      return written;
    }
    long before = reader.bytesRead() - textBytes();
    long after = forecast.calibration(model()).bytesAfterText(before);
    long missing = Math.max(0, length - reader.bytesRead() - after);
    return Math.round(written * ((double) (textBytes() + missing) / Math.max(1, textBytes())));
  }

  private boolean isDocument() {
    return !reader.mayHaveEvents() && textBytes() > 0;
  }

  private long textBytes() {
    return output.text().rawBytes();
  }

  private boolean lacksCompletion() {
    return forecast.hasOutput() && reader.reported().completion() == null;
  }

  /** The model's own name counts: behind one that was asked for there may be any. */
  private String model() {
    String named = reader.model();
    return named == null ? askedModel : named;
  }

  private ModelFamily family() {
    return ModelFamily.of(model());
  }
}
