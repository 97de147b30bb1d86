package io.tollgate.deploy;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what happens on event loops; for the main thread only. */
final class Await {
  private Await() {}

  /**
   * @param step what is waited for, as the start of a fault's text
   */
  static <T> T done(Future<T> future, Duration limit, String step)
      throws StartFault, InterruptedException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new StartFault(step + " failed: " + reason(e.getCause() == null ? e : e.getCause()));
    } catch (TimeoutException e) {
      throw new StartFault(step + " did not end within " + limit.toSeconds() + " s");
    }
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
