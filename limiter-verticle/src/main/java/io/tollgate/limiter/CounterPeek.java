package io.tollgate.limiter;

import io.tollgate.contract.tokens.Estimate;
import io.tollgate.store.RedisLink;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Asks the counters of one store what they would answer to a request, each by itself; nothing is
 * taken. Used on the event loop that opened the link.
 */
final class CounterPeek {
  private final RedisLink link;
  private final AdmitCall call;

  CounterPeek(RedisLink link) {
    this.link = link;
    this.call =
        new AdmitCall(CounterScripts.USUAL.admit().peeking(), link, null, CounterTimes.USUAL);
  }

  /** For each limit what would become of it; never fails: an outage is an outcome. */
  Future<List<LimitOutcome.Of>> ask(List<Limit> limits, Estimate estimate) {
    Map<Integer, List<AdmitCall.Question>> bySlot = new LinkedHashMap<>();
    for (Limit limit : limits) {
      bySlot
          .computeIfAbsent(link.slot(limit::counter), slot -> new ArrayList<>())
          .add(new AdmitCall.Question(UUID.randomUUID().toString(), estimate, List.of(limit)));
    }
    List<Future<List<LimitOutcome.Of>>> answers =
        bySlot.values().stream().map(this::askSlot).toList();
    return Future.all(answers)
        .map(all -> answers.stream().flatMap(answer -> answer.result().stream()).toList());
  }

  private Future<List<LimitOutcome.Of>> askSlot(List<AdmitCall.Question> questions) {
    return call.apply(questions)
        .map(outcomes -> outcomes.stream().flatMap(List::stream).toList())
        .otherwise(
            fault ->
                questions.stream()
                    .map(question -> unreached(question.limits().getFirst(), fault))
                    .toList());
  }

  private static LimitOutcome.Of unreached(Limit limit, Throwable fault) {
    return new LimitOutcome.Of(
        limit, new LimitOutcome.Unreached(String.valueOf(fault.getMessage())));
  }
}
