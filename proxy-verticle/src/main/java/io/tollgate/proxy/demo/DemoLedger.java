package io.tollgate.proxy.demo;

import java.util.concurrent.atomic.LongAdder;

/** Every token that the simulated provider has written. Thread-safe. */
public final class DemoLedger {
  private final LongAdder answers = new LongAdder();
  private final LongAdder brokenAnswers = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder completionTokens = new LongAdder();

  /**
   * What was written up to now.
   *
   * @param answers that were begun, whole or not
   * @param brokenAnswers of these, the ones that did not come to their end: cut by a fault or by a
   *     client that left
   * @param promptTokens of all answers that were begun
   * @param completionTokens of all chunks and bodies that were written
   */
  public record Totals(
      long answers, long brokenAnswers, long promptTokens, long completionTokens) {}

  /** A moment's sums; exact when no answer is in progress. */
  public Totals totals() {
    return new Totals(
        answers.sum(), brokenAnswers.sum(), promptTokens.sum(), completionTokens.sum());
  }

  void begun(int prompt) {
    answers.increment();
    promptTokens.add(prompt);
  }

  void written(int completion) {
    completionTokens.add(completion);
  }

  void broken() {
    brokenAnswers.increment();
  }
}
