package io.tollgate.proxy.upstream;

import io.tollgate.proxy.http.Deadlines;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of asking one provider, up to the head of its answer. */
public sealed interface Attempt {
  String provider();

  /**
   * It began to answer. The response is paused and has to be read, or its request reset.
   *
   * @param model as it was asked for it; null when the request names none
   * @param patience how long it may be silent
   * @param outputCap what we have lowered the output of each text to; null when we have not
   */
  record Answered(
      String provider,
      @Nullable String model,
      HttpClientResponse response,
      Deadlines patience,
      @Nullable Long outputCap)
      implements Attempt {}

  /** There is no connection to it. */
  record Unreachable(String provider, String reason) implements Attempt {}

  /** It took the request and said nothing in time. */
  record TimedOut(String provider, Duration limit) implements Attempt {}

  /** It took the request and the connection broke before it began to answer. */
  record Broken(String provider, String reason) implements Attempt {}

  /** It failed, and limits of ours let nobody be asked in its place. */
  record NotAdmitted(String provider) implements Attempt {}
}
