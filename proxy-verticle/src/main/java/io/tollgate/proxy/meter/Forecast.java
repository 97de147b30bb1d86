package io.tollgate.proxy.meter;

import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What one request is expected to cost, and the measure for its answers. Used on the event loop of
 * the {@link Estimator} that made it.
 */
public final class Forecast {
  private final Estimator estimator;
  private final OutputKey key;
  private final Workload workload;
  private final RequestBody request;
  private final ModelCalibration calibration;
  private final Estimate estimate;

  Forecast(
      Estimator estimator,
      OutputKey key,
      Workload workload,
      RequestBody request,
      ModelCalibration calibration,
      Estimate estimate) {
    this.estimator = estimator;
    this.key = key;
    this.workload = workload;
    this.request = request;
    this.calibration = calibration;
    this.estimate = estimate;
  }

  /** What to hold before the request is forwarded. */
  public Estimate estimate() {
    return estimate;
  }

  /**
   * A meter for one answer to the request; each attempt with a provider takes its own.
   *
   * @param model as the provider was asked for it; null when the request names none
   */
  public UsageMeter meter(@Nullable String model) {
    return new UsageMeter(this, model == null ? key.model() : model);
  }

  UsageMeter meter() {
    return meter(null);
  }

  /** The prompt's tokens, counted anew for a model that may be another than the one asked for. */
  public Future<Long> countPrompt(@Nullable String model) {
    ModelCalibration rates = calibration(model == null ? key.model() : model);
    return workshop()
        .work(() -> CountedPrompt.of(request, hasOutput(), rates.family()))
        .map(prompt -> rates.promptTokens(prompt, request.prompt().attachments()))
        .otherwise(promptTokens());
  }

  Future<Long> countOutput(String model, OutputCount output) {
    ModelCalibration rates = calibration(model);
    return output.tokens().map(tokens -> rates.outputTokens(tokens) + output.leftOut(rates));
  }

  /** The same with the prompt counted, as near to the truth as it can be. Never fails. */
  public Future<Forecast> counted() {
    return countPrompt(null)
        .map(
            tokens ->
                new Forecast(
                    estimator,
                    key,
                    workload,
                    request,
                    calibration,
                    new Estimate(tokens, estimate.outputTokens(), estimate.mostOutput())));
  }

  Workshop workshop() {
    return estimator.workshop();
  }

  byte[] window() {
    return estimator.window();
  }

  boolean hasOutput() {
    return workload != Workload.EMBEDDING;
  }

  long promptTokens() {
    return estimate.promptTokens();
  }

  /** Takes an exact and complete answer as a lesson about the model that gave it. */
  void learn(String model, TokenUsage usage, boolean reasoningShown, OutputCount output) {
    ModelCalibration answered = calibration(model);
    learnByCharacters(answered, usage, reasoningShown, output);
    if (answered != calibration) {
      learnByCharacters(calibration, usage, reasoningShown, output);
    }
    Long completion = usage.completion();
    if (completion != null && hasOutput()) {
      estimator.learnOutput(key, completion);
    }
    if (answered.wantsLesson()) {
      learnByTokens(answered, usage, reasoningShown, output);
    }
  }

  private void learnByCharacters(
      ModelCalibration rates, TokenUsage usage, boolean reasoningShown, OutputCount output) {
    Long prompt = usage.prompt();
    if (prompt != null) {
      rates.learnPrompt(request.prompt(), prompt);
    }
    Long written = written(usage, reasoningShown);
    if (written != null) {
      rates.learnOutput(output.text().ascii(), output.text().other(), written);
    }
  }

  private void learnByTokens(
      ModelCalibration rates, TokenUsage usage, boolean reasoningShown, OutputCount output) {
    Long prompt = usage.prompt();
    if (prompt != null && request.prompt().attachments() == 0) {
      workshop()
          .work(() -> CountedPrompt.of(request, hasOutput(), rates.family()))
          .onSuccess(counted -> rates.learnPrompt(counted, prompt));
    }
    Long written = written(usage, reasoningShown);
    if (written != null && output.isWhole()) {
      output.tokens().onSuccess(tokens -> rates.learnOutput(tokens, written));
    }
  }

  /** The tokens of the text that we saw; null when there is none to learn from. */
  private @Nullable Long written(TokenUsage usage, boolean reasoningShown) {
    Long completion = usage.completion();
    if (completion == null || !hasOutput()) {
      return null;
    }
    Long reasoning = usage.reasoning();
    return completion - (reasoning == null || reasoningShown ? 0 : reasoning);
  }

  /** Of the model that was asked for. */
  ModelCalibration calibration() {
    return calibration;
  }

  ModelCalibration calibration(String model) {
    return model.equals(key.model()) ? calibration : estimator.calibration(model);
  }
}
