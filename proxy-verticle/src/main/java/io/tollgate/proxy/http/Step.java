package io.tollgate.proxy.http;

import io.vertx.core.Future;
import java.util.function.Function;

/** What a step of a request's way comes to: the request goes on, or it is refused. */
public sealed interface Step<T> {
  /** The request goes on with what this step found. */
  record Next<T>(T value) implements Step<T> {}

  /** The request ends here. */
  record Refused<T>(Refusal refusal) implements Step<T> {}

  static <T> Step<T> next(T value) {
    return new Next<>(value);
  }

  static <T> Step<T> refuse(Refusal refusal) {
    return new Refused<>(refusal);
  }

  static <T> Future<Step<T>> refused(Refusal refusal) {
    return Future.succeededFuture(new Refused<>(refusal));
  }

  /** The given step for a request that goes on; none for one that was refused. */
  static <A, B> Function<Step<A>, Future<Step<B>>> onward(Function<A, Future<Step<B>>> step) {
    return before ->
        switch (before) {
          case Next<A> next -> step.apply(next.value());
          case Refused<A> refused -> refused(refused.refusal());
        };
  }

  /** Like {@link #onward}, for a step that needs no time. */
  default <B> Step<B> then(Function<T, Step<B>> step) {
    return switch (this) {
      case Next<T> next -> step.apply(next.value());
      case Refused<T> refused -> refuse(refused.refusal());
    };
  }
}
