package io.tollgate.contract.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.tokens.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/**
 * Several nodes without a store. Of one limit they use, together and in one window of each, no more
 * than its capacity and one answer for each node, whatever the order of admissions, renewals,
 * settlements and silences. What answers use beyond their estimates comes on top, as it does with a
 * store.
 */
class NodePartsPropertyTest {
  private static final int WINDOW_SECONDS = 20;
  private static final long LONGEST_ANSWER = 40;

  /** What happens next. */
  sealed interface Step {
    record Admit(int node, long estimate) implements Step {}

    record End(int request, long tokens) implements Step {}

    record Renew(int request, long tokensSoFar) implements Step {}

    record Wait(long millis) implements Step {}
  }

  private record Request(String id, int node, long estimate, long admittedAt) {}

  @Property(tries = 2000)
  void all_nodes_together_cross_a_limit_by_one_answer_each_at_most(
      @ForAll @IntRange(min = 1, max = 5) int nodes,
      @ForAll @LongRange(min = 1, max = 200) long capacity,
      @ForAll @Size(max = 120) List<@net.jqwik.api.From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, capacity);
    steps.forEach(cluster::apply);

    cluster.assertBound();
  }

  @Property(tries = 1000)
  void a_balance_that_all_have_seen_is_crossed_by_one_answer_each_at_most(
      @ForAll @IntRange(min = 1, max = 5) int nodes,
      @ForAll @LongRange(min = -10, max = 200) long balance,
      @ForAll @Size(max = 120) List<@net.jqwik.api.From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, balance);
    cluster.ask = Ask.balance("counter", Count.TOTAL, 1);
    cluster.parts.forEach(part -> part.sawBalance("counter", balance));
    steps.forEach(cluster::apply);

    cluster.assertBound();
  }

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Integer> node = Arbitraries.integers().between(0, 4);
    Arbitrary<Integer> request = Arbitraries.integers().between(0, 30);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, LONGEST_ANSWER);
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(
            6, Combinators.combine(node, tokens.map(t -> Math.max(1, t))).as(Step.Admit::new)),
        net.jqwik.api.Tuple.of(4, Combinators.combine(request, tokens).as(Step.End::new)),
        net.jqwik.api.Tuple.of(2, Combinators.combine(request, tokens).as(Step.Renew::new)),
        net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(0, 30_000).map(Step.Wait::new)));
  }

  /** The nodes, and a plain account of what really was admitted and used. */
  private static final class Cluster {
    private final long capacity;
    private final List<NodeParts> parts = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Map<Request, Long> usage = new HashMap<>();

    /** For each node when its windows began. */
    private final Map<Integer, List<Long>> windows = new HashMap<>();

    private Ask ask;
    private long now;

    Cluster(int nodes, long capacity) {
      this.capacity = capacity;
      this.ask = Ask.limit("counter", LimitTerms.fixed(capacity, WINDOW_SECONDS), 1, false);
      for (int i = 0; i < nodes; i++) {
        parts.add(new NodeParts(() -> now, () -> Instant.ofEpochMilli(now)));
      }
    }

    void apply(Step step) {
      switch (step) {
        case Step.Wait wait -> now += wait.millis();
        case Step.Admit admit -> admit(admit.node() % parts.size(), admit.estimate());
        case Step.End end -> {
          if (end.request() < requests.size()) {
            Request request = requests.get(end.request());
            usage.putIfAbsent(request, end.tokens());
            parts.get(request.node()).settle(request.id(), TokenUsage.of(usage.get(request), 0));
          }
        }
        case Step.Renew renew -> {
          if (renew.request() < requests.size()) {
            Request request = requests.get(renew.request());
            parts.get(request.node()).renew(request.id(), TokenUsage.of(renew.tokensSoFar(), 0));
          }
        }
      }
    }

    private void admit(int node, long estimate) {
      String id = "r" + requests.size();
      Ask expecting = new Ask(ask.counter(), ask.terms(), ask.count(), estimate, ask.strict());
      Shared answer = parts.get(node).take(id, List.of(expecting), parts.size());
      if (answer instanceof Shared.Held held) {
        requests.add(new Request(id, node, estimate, now));
        List<Long> begins = windows.computeIfAbsent(node, first -> new ArrayList<>());
        long began = now - (WINDOW_SECONDS * 1000L - held.standings().getFirst().resetMillis());
        if (ask.terms() == null) {
          began = 0;
        }
        if (begins.isEmpty() || begins.getLast() != began) {
          begins.add(began);
        }
      }
    }

    void assertBound() {
      long worst = 0;
      for (int node = 0; node < parts.size(); node++) {
        worst += worstWindow(node);
      }
      // A part is one token at least, and one token is within one answer.
      assertThat(worst).isLessThanOrEqualTo(Math.max(0, capacity) + parts.size() * LONGEST_ANSWER);
    }

    /** The most that the requests of one of a node's windows used, within their estimates. */
    private long worstWindow(int node) {
      List<Long> begins = windows.getOrDefault(node, List.of());
      long worst = 0;
      for (int i = 0; i < begins.size(); i++) {
        long from = begins.get(i);
        long to = i + 1 < begins.size() ? begins.get(i + 1) : Long.MAX_VALUE;
        long sum = 0;
        for (Request request : requests) {
          if (request.node() == node && request.admittedAt() >= from && request.admittedAt() < to) {
            sum += Math.min(usage.getOrDefault(request, request.estimate()), request.estimate());
          }
        }
        worst = Math.max(worst, sum);
      }
      return worst;
    }
  }
}
