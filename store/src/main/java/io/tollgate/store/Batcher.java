package io.tollgate.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

/**
 * Sends questions together: one call is under way at a time, and all questions that come meanwhile
 * go with the next. An idle batcher sends at once; nothing waits for company.
 *
 * <p>Used on one event loop.
 */
public final class Batcher<Q, A> {
  /** More waiting questions than this are refused: whoever answers has stopped doing so. */
  static final int MAX_WAITING = 16_384;

  private record Waiting<Q, A>(Q question, Promise<A> answer) {}

  private final int maxBatch;
  private final Function<List<Q>, Future<List<A>>> call;
  private final Queue<Waiting<Q, A>> waiting = new ArrayDeque<>();
  private boolean underWay;

  /**
   * @param maxBatch the most questions in one call
   * @param call answers them in their order; its failure is the failure of each
   */
  public Batcher(int maxBatch, Function<List<Q>, Future<List<A>>> call) {
    this.maxBatch = maxBatch;
    this.call = call;
  }

  public Future<A> submit(Q question) {
    if (waiting.size() >= MAX_WAITING) {
      return Future.failedFuture(
          new StoreFault(StoreFault.Kind.TIMED_OUT, "batch", "too many commands are waiting"));
    }
    Promise<A> answer = Promise.promise();
    waiting.add(new Waiting<>(question, answer));
    if (!underWay) {
      next();
    }
    return answer.future();
  }

  private void next() {
    List<Waiting<Q, A>> batch = new ArrayList<>(Math.min(waiting.size(), maxBatch));
    while (batch.size() < maxBatch && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    underWay = !batch.isEmpty();
    if (underWay) {
      answers(questions(batch))
          .onComplete(
              answers -> {
                deliver(batch, answers);
                next();
              },
              failure -> {
                batch.forEach(each -> each.answer().fail(failure));
                next();
              });
    }
  }

  private static <Q, A> List<Q> questions(List<Waiting<Q, A>> batch) {
    List<Q> questions = new ArrayList<>(batch.size());
    for (Waiting<Q, A> each : batch) {
      questions.add(each.question());
    }
    return questions;
  }

  private Future<List<A>> answers(List<Q> questions) {
    try {
      return call.apply(questions);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void deliver(List<Waiting<Q, A>> batch, List<A> answers) {
    for (int i = 0; i < batch.size(); i++) {
      Promise<A> answer = batch.get(i).answer();
      if (i < answers.size()) {
        answer.complete(answers.get(i));
      } else {
        answer.fail(new IllegalStateException("no answer to question " + i + " of a batch"));
      }
    }
  }
}
