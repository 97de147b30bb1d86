package io.tollgate.proxy.relay;

import io.vertx.core.buffer.Buffer;

/** An answer that nobody here can read; the client may. */
final class UnreadFlow implements AnswerFlow {
  private static final Buffer NOTHING = Buffer.buffer();

  @Override
  public Buffer pass(Buffer piece) {
    return piece;
  }

  @Override
  public Buffer rest() {
    return NOTHING;
  }

  @Override
  public boolean changesBytes() {
    return false;
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
