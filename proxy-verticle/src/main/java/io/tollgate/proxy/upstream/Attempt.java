package io.tollgate.proxy.upstream;

import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;

/** What came of asking one provider, up to the head of its answer. */
public sealed interface Attempt {
  String provider();

  /** It began to answer. The response is paused and has to be read, or its request reset. */
  record Answered(String provider, HttpClientResponse response) implements Attempt {}

  /** There is no connection to it. */
  record Unreachable(String provider, String reason) implements Attempt {}

  /** It said nothing in time. */
  record TimedOut(String provider, Duration limit) implements Attempt {}

  /** The connection broke before it began to answer. */
  record Broken(String provider, String reason) implements Attempt {}
}
