package io.tollgate.bench.accuracy;

import java.util.List;

/**
 * How long calls waited for the head of their answer, in milliseconds, of those with which nothing
 * else was to go wrong.
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
      if (call.plan().isPlain() && head != null) {
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
}
