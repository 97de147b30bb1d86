package io.tollgate.admin;

import io.vertx.core.Future;
import java.util.function.Function;

/** Something that a caller sent: what it means, or what is wrong with it. */
sealed interface Checked<T> {
  /** It is as it should be. */
  record Good<T>(T value) implements Checked<T> {}

  /** It is not. */
  record Bad<T>(Problem problem) implements Checked<T> {}

  /** Goes on with the value, unless there is a problem already. */
  default <U> Checked<U> then(Function<T, Checked<U>> next) {
    return switch (this) {
      case Good<T> good -> next.apply(good.value());
      case Bad<T> bad -> new Bad<>(bad.problem());
    };
  }

  /** Works on the value, or answers with the problem. */
  static <T> Future<Answer> answer(Checked<T> input, Function<T, Future<Answer>> work) {
    return switch (input) {
      case Good<T> good -> work.apply(good.value());
      case Bad<T> bad -> Future.succeededFuture(bad.problem().answer());
    };
  }
}
