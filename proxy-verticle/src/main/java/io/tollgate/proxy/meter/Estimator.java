package io.tollgate.proxy.meter;

import io.tollgate.contract.tokens.Estimate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says beforehand what requests will cost, and learns from what they did cost: characters per token
 * by model, output length by consumer and model. One for each event loop; not thread-safe. Its
 * memory is bounded.
 */
public final class Estimator {
  /** What an answer is expected to have while nothing is known. */
  static final long PRIOR_OUTPUT_TOKENS = 256;

  static final int MAX_OUTPUT_ENTRIES = 10_000;
  private static final int MAX_MODELS = 1_000;
  private static final int WINDOW_BYTES = 16 * 1024;

  private final RecentEntries<String, ModelCalibration> models = new RecentEntries<>(MAX_MODELS);
  private final RecentEntries<OutputKey, OutputHistory> outputs =
      new RecentEntries<>(MAX_OUTPUT_ENTRIES);
  private final byte[] window = new byte[WINDOW_BYTES];
  private final Workshop workshop;

  /** Does all of its work at once. */
  public Estimator() {
    this(Workshop.HERE);
  }

  /**
   * @param workshop for counts that take long
   */
  public Estimator(Workshop workshop) {
    this.workshop = workshop;
  }

  /**
   * Forecasts a request.
   *
   * @param consumer null on a route without authentication
   * @param model that was asked for
   * @param request {@link RequestBody#none()} when it has no body that can be read
   * @param capFields of the request that bound its output
   */
  public Forecast forecast(
      @Nullable String consumer,
      String model,
      Workload workload,
      RequestBody request,
      List<String> capFields) {
    OutputKey key = new OutputKey(consumer, model);
    ModelCalibration calibration = calibration(model);
    long promptTokens = calibration.promptTokens(request.prompt());
    Long cap = request.mostOutputTokens(capFields);
    Long most = cap == null ? null : (Long) (cap * request.choices());
    long expected = outputTokens(key, workload, request);
    Estimate estimate =
        new Estimate(promptTokens, most == null ? expected : Math.min(expected, most), most);
    return new Forecast(this, key, workload, request, calibration, estimate);
  }

  private long outputTokens(OutputKey key, Workload workload, RequestBody request) {
    if (workload == Workload.EMBEDDING) {
      return 0;
    }
    OutputHistory history = outputs.get(key);
    long prior = workload == Workload.GENERATION ? PRIOR_OUTPUT_TOKENS * request.choices() : 0;
    return history == null ? prior : history.expected();
  }

  ModelCalibration calibration(String model) {
    return models.computeIfAbsent(model, name -> new ModelCalibration(ModelFamily.of(name)));
  }

  void learnOutput(OutputKey key, long outputTokens) {
    outputs.computeIfAbsent(key, any -> new OutputHistory()).add(outputTokens);
  }

  Workshop workshop() {
    return workshop;
  }

  /** Scratch space for the readers, which take turns on the event loop. */
  byte[] window() {
    return window;
  }
}
