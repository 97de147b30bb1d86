package io.tollgate.contract.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.Period;
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
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/**
 * Nodes without a store, whose limit slides, runs off, or counts what is in progress. Each counts
 * as a plain model of its part does and tells when a retry passes; and all together let pass what
 * the algorithm allows, and one answer for each node.
 */
class SharedAlgorithmsPropertyTest {
  private static final long PERIOD_SECONDS = 10;
  private static final long PERIOD = PERIOD_SECONDS * 1000;
  private static final long SLICE = Math.ceilDiv(PERIOD, 30);
  private static final long LONGEST_ANSWER = 40;
  private static final String COUNTER = "counter";

  /** What happens next. */
  sealed interface Step {
    record Admit(int node, long estimate) implements Step {}

    record End(int request, long tokens) implements Step {}

    record Renew() implements Step {}

    record Wait(long millis) implements Step {}
  }

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Integer> node = Arbitraries.integers().between(0, 4);
    Arbitrary<Integer> request = Arbitraries.integers().between(0, 30);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, LONGEST_ANSWER);
    Arbitrary<Long> wait =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.longs().between(0, 700)),
            Tuple.of(1, Arbitraries.longs().between(0, 2 * PERIOD)));
    return Arbitraries.frequencyOf(
        Tuple.of(6, Combinators.combine(node, tokens.map(t -> Math.max(1, t))).as(Step.Admit::new)),
        Tuple.of(4, Combinators.combine(request, tokens).as(Step.End::new)),
        Tuple.of(2, Arbitraries.create(Step.Renew::new)),
        Tuple.of(3, wait.map(Step.Wait::new)));
  }

  @Property(tries = 1000)
  void in_no_period_more_than_a_sliding_window_passes_and_one_answer_for_each_node(
      @ForAll @IntRange(min = 1, max = 5) int nodes,
      @ForAll @LongRange(min = 1, max = 200) long capacity,
      @ForAll @LongRange(min = 0, max = 250) long seen,
      @ForAll @Size(max = 120) List<@From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, sliding(capacity));
    cluster.saw(seen, PERIOD + SLICE);
    steps.forEach(cluster::apply);

    for (Request first : cluster.requests) {
      long inPeriod = cluster.used(first.admittedAt(), first.admittedAt() + PERIOD);
      assertThat(inPeriod).isLessThanOrEqualTo(capacity + nodes * LONGEST_ANSWER);
    }
    assertThat(cluster.used(0, PERIOD))
        .isLessThanOrEqualTo(Math.max(0, capacity - seen) + nodes * LONGEST_ANSWER);
  }

  @Property(tries = 1000)
  void in_no_interval_more_than_burst_and_refill_passes_and_one_answer_for_each_node(
      @ForAll @IntRange(min = 1, max = 5) int nodes,
      @ForAll @LongRange(min = 1, max = 200) long amount,
      @ForAll @LongRange(min = 1, max = 200) long burst,
      @ForAll @LongRange(min = 0, max = 250) long seen,
      @ForAll @Size(max = 120) List<@From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, bucket(amount, burst));
    cluster.saw(seen, seen * PERIOD / amount + 1);
    steps.forEach(cluster::apply);

    for (Request first : cluster.requests) {
      for (Request last : cluster.requests) {
        long length = last.admittedAt() - first.admittedAt();
        if (length >= 0) {
          assertThat(cluster.used(first.admittedAt(), last.admittedAt() + 1))
              .isLessThanOrEqualTo(burst + amount * length / PERIOD + 1 + nodes * LONGEST_ANSWER);
        }
      }
      long refilled = amount * first.admittedAt() / PERIOD + 1;
      assertThat(cluster.used(0, first.admittedAt() + 1))
          .isLessThanOrEqualTo(Math.max(0, burst + refilled - seen) + nodes * (LONGEST_ANSWER + 1));
    }
  }

  @Property(tries = 1000)
  void no_more_are_in_progress_than_allowed_and_one_for_each_node(
      @ForAll @IntRange(min = 1, max = 5) int nodes,
      @ForAll @LongRange(min = 1, max = 20) long capacity,
      @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 4) Integer> before,
      @ForAll @Size(max = 150) List<@From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, LimitTerms.concurrent(capacity));
    List<Integer> fitting = before.subList(0, (int) Math.min(before.size(), capacity));
    fitting.forEach(node -> cluster.admittedByStore(node % nodes));
    cluster.saw(fitting.size(), 1000);
    for (int node = 0; node < nodes; node++) {
      cluster.apply(new Step.Admit(node, 1));
    }
    for (Step step : steps) {
      cluster.apply(step);
      assertThat(cluster.inProgress()).isLessThanOrEqualTo(capacity + nodes);
    }
  }

  @Property(tries = 1000)
  void a_part_of_a_sliding_window_is_what_its_model_says(
      @ForAll @IntRange(min = 1, max = 4) int nodes,
      @ForAll @LongRange(min = 1, max = 200) long capacity,
      @ForAll @LongRange(min = 0, max = 250) long seen,
      @ForAll @LongRange(min = 1, max = PERIOD) long reset,
      @ForAll @Size(max = 80) List<@From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, sliding(capacity));
    cluster.saw(seen, reset);
    PartModel model = new PartModel.Sliding(capacity, PERIOD, seen, reset, nodes);
    compare(cluster, model, steps);
  }

  @Property(tries = 1000)
  void a_part_of_a_bucket_is_what_its_model_says(
      @ForAll @IntRange(min = 1, max = 4) int nodes,
      @ForAll @LongRange(min = 1, max = 200) long amount,
      @ForAll @LongRange(min = 1, max = 200) long burst,
      @ForAll @LongRange(min = 0, max = 250) long seen,
      @ForAll @Size(max = 80) List<@From("steps") Step> steps) {
    Cluster cluster = new Cluster(nodes, bucket(amount, burst));
    cluster.saw(seen, Long.MAX_VALUE / 4);
    compare(cluster, new PartModel.Bucket(amount, PERIOD, burst, seen, 0, nodes), steps);
  }

  /** All on the first node; leases are renewed as long as requests are open. */
  private static void compare(Cluster cluster, PartModel model, List<Step> steps) {
    for (Step step : steps) {
      switch (step) {
        case Step.Admit admit -> {
          Standing standing =
              switch (cluster.admit(0, admit.estimate())) {
                case Shared.Held held -> {
                  model.hold(cluster.requests.getLast().id(), admit.estimate(), cluster.now);
                  yield held.standings().getFirst();
                }
                case Shared.Spent spent -> spent.standing();
                case Shared.Unknown unknown -> throw new AssertionError(unknown.reason());
              };
          assertThat(standing.part()).isEqualTo(model.part(cluster.now));
          assertThat(standing.used() + standing.held()).isEqualTo(model.counted(cluster.now));
          if (standing.waitMillis() > 0) {
            assertThat(standing.remaining()).isZero();
            long retry = cluster.now + standing.waitMillis();
            assertThat(model.passes(retry)).isTrue();
            assertThat(model.passes(retry - 1)).isFalse();
          }
        }
        case Step.End end -> {
          Request open = cluster.open(end.request());
          if (open != null) {
            cluster.apply(end);
            model.end(open.id(), open.estimate(), end.tokens(), cluster.now);
          }
        }
        case Step.Renew renew -> cluster.apply(renew);
        case Step.Wait wait -> {
          for (long left = wait.millis(); left > 0; left -= 1000) {
            cluster.now += Math.min(1000, left);
            cluster.apply(new Step.Renew());
          }
        }
      }
    }
  }

  private static LimitTerms sliding(long capacity) {
    return new LimitTerms(
        Algorithm.SLIDING_WINDOW,
        Period.ofSeconds(PERIOD_SECONDS),
        Count.TOTAL,
        capacity,
        capacity);
  }

  private static LimitTerms bucket(long amount, long burst) {
    return new LimitTerms(
        Algorithm.TOKEN_BUCKET, Period.ofSeconds(PERIOD_SECONDS), Count.TOTAL, amount, burst);
  }

  private record Request(String id, int node, long estimate, long admittedAt) {}

  /** The nodes, and a plain account of what really was admitted, used and is in progress. */
  private static final class Cluster {
    private final LimitTerms terms;
    private final List<NodeParts> parts = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Map<String, Long> usage = new HashMap<>();

    /** Of those that have not ended, when they were last heard of. */
    private final Map<String, Long> heard = new HashMap<>();

    private long now;

    Cluster(int nodes, LimitTerms terms) {
      this.terms = terms;
      for (int i = 0; i < nodes; i++) {
        parts.add(new NodeParts(() -> now, () -> Instant.ofEpochMilli(now)));
      }
    }

    void saw(long counted, long resetMillis) {
      parts.forEach(each -> each.sawLimit(COUNTER, terms, counted, resetMillis));
    }

    void admittedByStore(int node) {
      Request request = new Request("s" + requests.size(), node, 1, now);
      parts.get(node).objection(request.id(), COUNTER, terms, 1);
      requests.add(request);
      heard.put(request.id(), now);
    }

    void apply(Step step) {
      switch (step) {
        case Step.Wait wait -> now += wait.millis();
        case Step.Admit admit -> admit(admit.node() % parts.size(), admit.estimate());
        case Step.End end -> {
          Request request = open(end.request());
          if (request != null) {
            usage.put(request.id(), end.tokens());
            heard.remove(request.id());
            NodeParts node = parts.get(request.node());
            node.left(request.id(), COUNTER);
            node.settle(request.id(), TokenUsage.of(end.tokens(), 0));
          }
        }
        case Step.Renew renew -> {
          for (Request request : requests) {
            if (isInProgress(request)) {
              heard.put(request.id(), now);
              parts.get(request.node()).renew(request.id(), TokenUsage.of(0, 0));
            }
          }
        }
      }
    }

    Shared admit(int node, long estimate) {
      String id = "r" + requests.size();
      long expected = terms.algorithm() == Algorithm.CONCURRENCY ? 1 : estimate;
      Ask ask = Ask.limit(COUNTER, terms, expected, false);
      Shared answer = parts.get(node).take(id, List.of(ask), parts.size());
      if (answer instanceof Shared.Held) {
        requests.add(new Request(id, node, expected, now));
        heard.put(id, now);
      }
      return answer;
    }

    /** Null when there is no such request, or it has ended. */
    Request open(int index) {
      return index < requests.size() && isInProgress(requests.get(index))
          ? requests.get(index)
          : null;
    }

    long inProgress() {
      return requests.stream().filter(this::isInProgress).count();
    }

    private boolean isInProgress(Request request) {
      Long last = heard.get(request.id());
      return last != null && now - last < Lease.LENGTH.toMillis();
    }

    /** What requests used that were admitted then, within their estimates. */
    long used(long from, long to) {
      return requests.stream()
          .filter(request -> request.admittedAt() >= from && request.admittedAt() < to)
          .mapToLong(
              request ->
                  Math.min(
                      usage.getOrDefault(request.id(), request.estimate()), request.estimate()))
          .sum();
    }
  }
}
