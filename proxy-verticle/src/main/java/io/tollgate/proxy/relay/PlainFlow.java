package io.tollgate.proxy.relay;

import io.tollgate.proxy.meter.UsageChunkFilter;
import io.tollgate.proxy.meter.UsageMeter;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** An answer that can be read as it comes. */
final class PlainFlow implements AnswerFlow {
  private static final Buffer NOTHING = Buffer.buffer();

  private final UsageMeter meter;
  private final @Nullable UsageChunkFilter filter;

  PlainFlow(UsageMeter meter, boolean hidesUsage) {
    this.meter = meter;
    this.filter = hidesUsage ? new UsageChunkFilter(meter) : null;
  }

  @Override
  public Buffer pass(Buffer piece) {
    if (filter != null) {
      return filter.pass(piece);
    }
    meter.accept(piece);
    return piece;
  }

  @Override
  public Buffer rest() {
    return filter == null ? NOTHING : filter.rest();
  }

  @Override
  public boolean changesBytes() {
    return filter != null;
  }

  @Override
  public boolean isStuck() {
    return false;
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  @Override
  public void close() {}
}
