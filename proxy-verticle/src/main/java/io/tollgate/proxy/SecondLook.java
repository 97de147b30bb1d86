package io.tollgate.proxy;

import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Looks again a few times within a tenth of a second before a refusal that only holds cause: a
 * caller who asks again as soon as he has an answer must not be refused because that answer is just
 * being settled.
 */
final class SecondLook {
  private static final int[] PAUSES_MILLIS = {8, 16, 32};

  private final Vertx vertx;

  SecondLook(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * What was seen.
   *
   * @param byHoldsAlone whether it is a refusal that only holds cause
   */
  record Seen<T>(Step<T> step, boolean byHoldsAlone) {}

  /**
   * What a refused request gives back is settled for good, so asking again needs another name.
   *
   * @param holder the first name
   * @param question asks by a name
   */
  <T> Future<Step<T>> ask(String holder, Function<String, Future<Seen<T>>> question) {
    return ask(holder, 0, question);
  }

  private <T> Future<Step<T>> ask(
      String holder, int again, Function<String, Future<Seen<T>>> question) {
    return question
        .apply(again == 0 ? holder : holder + '-' + again)
        .compose(
            seen ->
                seen.byHoldsAlone() && again < PAUSES_MILLIS.length
                    ? pause(again).compose(over -> ask(holder, again + 1, question))
                    : Future.succeededFuture(seen.step()));
  }

  /** Of random length, so that requests that were in each other's way are not so again. */
  private Future<Void> pause(int again) {
    long millis = PAUSES_MILLIS[again];
    return vertx
        .timer(ThreadLocalRandom.current().nextLong(millis, 2 * millis), TimeUnit.MILLISECONDS)
        .mapEmpty();
  }
}
