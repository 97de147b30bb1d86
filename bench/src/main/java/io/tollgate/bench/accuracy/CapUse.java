package io.tollgate.bench.accuracy;

import java.util.List;

/**
 * How far a cap was crossed.
 *
 * @param windows that were seen; 1 for a balance
 * @param worst the most tokens that were used of the cap at once, by Redis
 * @param made by the provider for all calls of the lane, whatever Redis says
 * @param answers for which it made them
 */
record CapUse(String lane, Cap cap, int windows, long worst, long made, long answers) {
  static CapUse ofLimit(Lane lane, Cap.Limit limit, List<Window.Sample> samples, List<Call> calls) {
    List<Window> windows = Window.of(samples, limit.windowSeconds() * 1000L);
    long worst = windows.stream().mapToLong(Window::used).max().orElse(0);
    return of(lane, limit, windows.size(), worst, calls);
  }

  static CapUse ofQuota(Lane lane, Cap.Quota quota, long spent, List<Call> calls) {
    return of(lane, quota, 1, spent, calls);
  }

  private static CapUse of(Lane lane, Cap cap, int windows, long worst, List<Call> calls) {
    List<Made> made =
        calls.stream()
            .filter(call -> call.plan().lane().equals(lane.name()))
            .map(Call::made)
            .filter(one -> one.answers() > 0)
            .toList();
    return new CapUse(
        lane.name(), cap, windows, worst, made.stream().mapToLong(Made::tokens).sum(), made.size());
  }

  /** Admitted ÷ limit in the worst window. */
  double ratio() {
    return (double) worst / cap.tokens();
  }

  /** What the provider made ÷ what all windows together allowed. */
  double madeRatio() {
    return (double) made / ((double) cap.tokens() * windows);
  }

  long overshoot() {
    return Math.max(0, worst - cap.tokens());
  }

  /** The overshoot in answers of the lane's mean length. */
  double overshootAnswers() {
    return answers == 0 ? 0 : overshoot() / ((double) made / answers);
  }
}
