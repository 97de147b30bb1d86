package io.tollgate.proxy.relay;

import io.tollgate.proxy.encoding.BodyDecoder;
import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.meter.UsageMeter;
import io.vertx.core.buffer.Buffer;

/**
 * An answer whose encoding is undone to read it. The client gets it as it came, if it can do the
 * same and nothing is to be hidden from it, or else decoded.
 */
final class DecodedFlow implements AnswerFlow {
  private static final Buffer NOTHING = Buffer.buffer();

  private final UsageMeter meter;
  private final AnswerFlow plain;
  private final BodyDecoder decoder;
  private final boolean decodes;
  private Buffer decoded = NOTHING;

  /**
   * @param plain what the decoded answer goes through
   * @param decodes whether the client gets the decoded bytes
   */
  DecodedFlow(ContentEncoding encoding, UsageMeter meter, AnswerFlow plain, boolean decodes) {
    this.meter = meter;
    this.plain = plain;
    this.decoder = new BodyDecoder(encoding, this::take);
    this.decodes = decodes;
  }

  private void take(Buffer piece) {
    Buffer passed = plain.pass(piece);
    if (decodes) {
      decoded.appendBuffer(passed);
    }
  }

  @Override
  public Buffer pass(Buffer piece) {
    decoded = decodes ? Buffer.buffer() : NOTHING;
    decode(piece);
    return decodes ? decoded : piece;
  }

  private void decode(Buffer piece) {
    if (decoder.fault() != null) {
      return;
    }
    decoder.decode(piece);
    String fault = decoder.fault();
    if (fault != null && !meter.isComplete()) {
      meter.cannotRead(fault);
    }
  }

  @Override
  public Buffer rest() {
    return plain.rest();
  }

  @Override
  public boolean changesBytes() {
    return decodes;
  }

  @Override
  public boolean isStuck() {
    return decodes && decoder.fault() != null && !meter.isComplete();
  }

  @Override
  public boolean isStopped() {
    return plain.isStopped();
  }

  /** Some servers end their encoding badly, or not at all, after an answer that is whole. */
  @Override
  public boolean isWhole() {
    return meter.isComplete() || decoder.ended();
  }

  @Override
  public void close() {
    decoder.close();
  }
}
