package io.tollgate.proxy.relay;

import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.proxy.ending.StreamEnding;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * How a stream is ended before its own end.
 *
 * @param isReached whether it is to end after the event that has just passed
 * @param usage of the stream, once it has been ended; never fails
 */
public record Stopping(
    StreamEnding ending, BooleanSupplier isReached, Supplier<Future<TokenUsage>> usage) {
  /** The events that end it. */
  Future<Buffer> words() {
    return usage.get().map(ending::write);
  }
}
