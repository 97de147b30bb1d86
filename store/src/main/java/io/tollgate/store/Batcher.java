package io.tollgate.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Sends questions together: for each slot one call is under way at a time, and all questions that
 * come meanwhile go with the next. An idle batcher sends at once; nothing waits for company. A
 * question whose time is up fails, whether it was sent or still waits.
 *
 * <p>Used on one event loop.
 */
public final class Batcher<Q, A> {
  /** More waiting questions than this are refused: whoever answers has stopped doing so. */
  static final int MAX_WAITING = 16_384;

  private record Asked<Q, A>(Q question, Promise<A> answer, long atNanos) {
    boolean isOpen() {
      return !answer.future().isComplete();
    }
  }

  private final LinkSite site;
  private final int maxBatch;
  private final ToIntFunction<Q> slot;
  private final Function<List<Q>, Future<List<A>>> call;
  private final Map<Integer, Lane> lanes = new HashMap<>();
  private int waiting;
  private boolean watching;

  Batcher(
      LinkSite site, int maxBatch, ToIntFunction<Q> slot, Function<List<Q>, Future<List<A>>> call) {
    this.site = site;
    this.maxBatch = maxBatch;
    this.slot = slot;
    this.call = call;
  }

  /** Answered within the store's timeout; fails with a {@link StoreFault}, or as the call does. */
  public Future<A> submit(Q question) {
    if (waiting >= MAX_WAITING) {
      return Future.failedFuture(
          site.fault(StoreFault.Kind.TIMED_OUT, "too many commands are waiting"));
    }
    Asked<Q, A> asked = new Asked<>(question, Promise.promise(), System.nanoTime());
    lanes.computeIfAbsent(slot.applyAsInt(question), Lane::new).add(asked);
    if (!watching && asked.isOpen()) {
      watching = true;
      watch(site.timeout().toNanos());
    }
    return asked.answer().future();
  }

  /** One timer for all questions: most are answered long before it looks at them. */
  private void watch(long nanos) {
    site.vertx().setTimer(1 + nanos / 1_000_000, timer -> failOverdue());
  }

  private void failOverdue() {
    long now = System.nanoTime();
    long patience = site.timeout().toNanos();
    long next = patience;
    for (Lane lane : List.copyOf(lanes.values())) {
      next = Math.min(next, patience - lane.failOlderThan(now, patience));
    }
    watching = !lanes.isEmpty();
    if (watching) {
      watch(next);
    }
  }

  /** The questions of one slot. Goes when nothing is under way. */
  private final class Lane {
    private final int number;
    private final Queue<Asked<Q, A>> queue = new ArrayDeque<>();
    private List<Asked<Q, A>> underWay = List.of();

    Lane(int number) {
      this.number = number;
    }

    void add(Asked<Q, A> asked) {
      queue.add(asked);
      waiting++;
      if (underWay.isEmpty()) {
        next();
      }
    }

    /** Returns the age of the oldest question that stays, zero where none does. */
    long failOlderThan(long now, long patience) {
      while (!queue.isEmpty() && now - queue.element().atNanos() >= patience) {
        waiting--;
        queue.remove().answer().tryFail(site.timedOut());
      }
      long oldest = queue.isEmpty() ? 0 : now - queue.element().atNanos();
      for (Asked<Q, A> asked : underWay) {
        long age = now - asked.atNanos();
        if (age >= patience) {
          asked.answer().tryFail(site.timedOut());
        } else if (asked.isOpen()) {
          oldest = Math.max(oldest, age);
        }
      }
      return oldest;
    }

    private void next() {
      List<Asked<Q, A>> batch = new ArrayList<>(Math.min(queue.size(), maxBatch));
      while (batch.size() < maxBatch && !queue.isEmpty()) {
        waiting--;
        batch.add(queue.remove());
      }
      underWay = batch;
      if (batch.isEmpty()) {
        lanes.remove(number, this);
        return;
      }
      answers(batch)
          .onComplete(
              answers -> {
                deliver(batch, answers);
                next();
              },
              failure -> {
                batch.forEach(each -> each.answer().tryFail(failure));
                next();
              });
    }

    private Future<List<A>> answers(List<Asked<Q, A>> batch) {
      List<Q> questions = new ArrayList<>(batch.size());
      for (Asked<Q, A> each : batch) {
        questions.add(each.question());
      }
      try {
        return call.apply(questions);
      } catch (RuntimeException e) {
        return Future.failedFuture(e);
      }
    }

    private void deliver(List<Asked<Q, A>> batch, List<A> answers) {
      for (int i = 0; i < batch.size(); i++) {
        Promise<A> answer = batch.get(i).answer();
        if (i < answers.size()) {
          answer.tryComplete(answers.get(i));
        } else {
          answer.tryFail(new IllegalStateException("no answer to question " + i + " of a batch"));
        }
      }
    }
  }
}
