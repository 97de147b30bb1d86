package io.tollgate.proxy.meter;

import io.tollgate.contract.hold.Estimate;
import io.tollgate.contract.usage.TokenUsage;

/**
 * What one request is expected to cost, and the measure for its answers. Used on the event loop of
 * the {@link Estimator} that made it.
 */
public final class Forecast {
  private final Estimator estimator;
  private final OutputKey key;
  private final Workload workload;
  private final PromptSize prompt;
  private final ModelCalibration calibration;
  private final Estimate estimate;

  Forecast(
      Estimator estimator,
      OutputKey key,
      Workload workload,
      PromptSize prompt,
      ModelCalibration calibration,
      Estimate estimate) {
    this.estimator = estimator;
    this.key = key;
    this.workload = workload;
    this.prompt = prompt;
    this.calibration = calibration;
    this.estimate = estimate;
  }

  /** What to hold before the request is forwarded. */
  public Estimate estimate() {
    return estimate;
  }

  /** A meter for one answer to the request; each attempt with a provider takes its own. */
  public UsageMeter meter() {
    return new UsageMeter(this, new UsageReader(estimator.window()));
  }

  boolean hasOutput() {
    return workload != Workload.EMBEDDING;
  }

  long promptTokens() {
    return estimate.promptTokens();
  }

  long outputTokens(TextCount text) {
    return calibration.output().tokens(text.ascii(), text.other());
  }

  /** Takes an exact and complete answer as a lesson. */
  void learn(TokenUsage usage, UsageReader answer) {
    Long promptTokens = usage.prompt();
    if (promptTokens != null) {
      calibration.learnPrompt(prompt, promptTokens);
    }
    Long completion = usage.completion();
    if (completion != null && hasOutput()) {
      Long reasoning = usage.reasoning();
      long unseen = reasoning == null || answer.reasoningShown() ? 0 : reasoning;
      TextCount text = answer.text();
      calibration.output().learn(text.ascii(), text.other(), completion - unseen);
      estimator.learnOutput(key, completion);
    }
  }
}
