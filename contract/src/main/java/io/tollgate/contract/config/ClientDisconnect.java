package io.tollgate.contract.config;

import java.time.Duration;

/** What becomes of a provider's answer when the client leaves before its end. */
public sealed interface ClientDisconnect {
  /** The provider is told to stop; what it had written by then is billed by our own count. */
  record Cancel() implements ClientDisconnect {}

  /**
   * The answer is read on for nobody, as its end says what it cost. Beyond either bound it is
   * cancelled after all.
   *
   * @param time from the client's leaving to the answer's end
   * @param bytes of the answer's body after the client's leaving
   */
  record Drain(Duration time, long bytes) implements ClientDisconnect {}

  ClientDisconnect CANCEL = new Cancel();
}
