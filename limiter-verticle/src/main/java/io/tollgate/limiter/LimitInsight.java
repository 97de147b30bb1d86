package io.tollgate.limiter;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.explain.LimitExplainer;
import io.tollgate.contract.explain.LimitView;
import io.tollgate.contract.explain.LimitsView;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.store.Links;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Explains what the limiter would say to a request. The rules are matched and the counters asked as
 * for an admission, but the scripts leave no trace. Used on one event loop.
 */
public final class LimitInsight implements LimitExplainer {
  private static final String NOT_RUNNING = "its store does not run: as if nothing were used";

  private final LimiterSetup setup;
  private final Map<String, CounterPeek> stores;

  /** Counts for nobody: an explanation is no outage. */
  private final AdmissionDecision decision =
      new AdmissionDecision(new Outages(new SimpleMeterRegistry()));

  /**
   * @param links to the stores that run; limits in others are told as if unused
   */
  public LimitInsight(Links links, LimiterSetup setup) {
    this.setup = setup;
    this.stores =
        links.byId().entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, link -> new CounterPeek(link.getValue())));
  }

  @Override
  public Future<LimitsView> explain(AdmitRequest request) {
    Matched matched = setup.match(request);
    List<Limit> limits = matched.limits();
    Map<String, List<Limit>> byStore = new LinkedHashMap<>();
    for (Limit limit : limits) {
      byStore.computeIfAbsent(limit.block().store(), id -> new ArrayList<>()).add(limit);
    }
    List<Future<List<LimitOutcome.Of>>> answers = new ArrayList<>();
    byStore.forEach(
        (id, group) -> {
          CounterPeek store = stores.get(id);
          if (store != null) {
            answers.add(store.ask(group, request.estimate()));
          }
        });
    return Future.all(answers)
        .map(
            all -> {
              IdentityHashMap<Limit, LimitOutcome.Of> outcomes = new IdentityHashMap<>();
              answers.forEach(
                  answer -> answer.result().forEach(each -> outcomes.put(each.limit(), each)));
              return view(request, matched, outcomes);
            });
  }

  private LimitsView view(
      AdmitRequest request, Matched matched, IdentityHashMap<Limit, LimitOutcome.Of> outcomes) {
    List<Limit> limits = matched.limits();
    List<LimitView> views = new ArrayList<>(limits.size());
    List<LimitOutcome.Of> asked = new ArrayList<>(limits.size());
    for (Limit limit : limits) {
      LimitOutcome.Of outcome = outcomes.get(limit);
      Appearance appearance = new Appearance(limit, request);
      if (outcome == null) {
        views.add(appearance.unknown(NOT_RUNNING));
      } else {
        asked.add(outcome);
        views.add(appearance.of(outcome.outcome()));
      }
    }
    Admission.Throttled lacking = matched.refusal();
    Admission admission = lacking == null ? decision.decide(request.estimate(), asked) : lacking;
    return LimitsView.of(views, setup.idle(request), admission);
  }
}
