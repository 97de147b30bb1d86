package io.tollgate.bench.accuracy;

import java.util.List;

/**
 * How long calls waited for the head of an answer that comes at once: of a stream with which
 * nothing was to go wrong, or of a refusal. In milliseconds.
 *
 * @param away the longest while Redis was away
 * @param otherwise the longest at other times
 */
record Waits(long away, long otherwise) {
  static Waits of(List<Call> calls, List<Span> outages) {
    long away = 0;
    long otherwise = 0;
    for (Call call : calls) {
      Heard heard = call.heard();
      Long head = heard.headMillis();
      if (isPrompt(call) && head != null) {
        long waited = head - heard.startMillis();
        if (outages.stream().anyMatch(span -> span.overlaps(heard.startMillis(), head))) {
          away = Math.max(away, waited);
        } else {
          otherwise = Math.max(otherwise, waited);
        }
      }
    }
    return new Waits(away, otherwise);
  }

  private static boolean isPrompt(Call call) {
    return call.plan().isPlain()
        && (call.plan().stream() || call.heard().end() == Heard.End.REFUSED);
  }
}
