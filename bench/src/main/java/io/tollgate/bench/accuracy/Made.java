package io.tollgate.bench.accuracy;

import io.tollgate.proxy.demo.DemoLedger;
import java.util.List;

/**
 * What the provider made for one call, by its own ledger.
 *
 * @param answers it began; a call that was sent to it again has several
 * @param begunMillis when the first began; 0 without one
 * @param whole whether the last one came to its end
 * @param told whether it said its usage
 */
record Made(
    int answers, long begunMillis, long prompt, long completion, boolean whole, boolean told) {
  static final Made NOTHING = new Made(0, 0, 0, 0, false, false);

  static Made of(List<DemoLedger.Entry> entries) {
    Made sum = NOTHING;
    for (DemoLedger.Entry entry : entries) {
      sum =
          new Made(
              sum.answers + 1,
              sum.answers == 0 ? entry.begunMillis() : sum.begunMillis,
              sum.prompt + entry.promptTokens(),
              sum.completion + entry.completionTokens(),
              entry.whole(),
              entry.toldUsage());
    }
    return sum;
  }

  long tokens() {
    return prompt + completion;
  }
}
