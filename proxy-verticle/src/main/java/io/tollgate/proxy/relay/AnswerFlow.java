package io.tollgate.proxy.relay;

import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.meter.UsageMeter;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * What an answer's bytes go through on their way to the client: they are metered, and pass as they
 * came or as they have to be for this client.
 */
interface AnswerFlow extends AutoCloseable {
  /** Meters the next bytes and returns what the client gets for them, which may be nothing. */
  Buffer pass(Buffer piece);

  /** What the client still gets when the provider has ended. */
  Buffer rest();

  /** Whether the client gets other bytes than those that come. */
  boolean changesBytes();

  /** Whether nothing more can be made of what comes, so that the client can get nothing more. */
  boolean isStuck();

  /** Whether it was ended before its own end, and nothing more passes. */
  default boolean isStopped() {
    return false;
  }

  /** Whether it would be the answer's end if the provider ended here. */
  boolean isWhole();

  /** Gives back its memory. Nothing passes any more. */
  @Override
  void close();

  /**
   * @param encoding the provider's
   * @param request the client's headers
   */
  static AnswerFlow of(ContentEncoding encoding, MultiMap request, Reading reading) {
    if (encoding.isPlain()) {
      return plain(reading);
    }
    UsageMeter meter = reading.meter();
    if (!encoding.canBeUndone()) {
      meter.cannotRead("content-encoding " + encoding);
      return new UnreadFlow();
    }
    AnswerFlow plain = plain(reading);
    boolean decodes = plain.changesBytes() || !encoding.isAcceptedBy(request);
    return new DecodedFlow(encoding, meter, plain, decodes);
  }

  private static AnswerFlow plain(Reading reading) {
    AnswerFlow plain = new PlainFlow(reading.meter(), reading.hidesUsage());
    Stopping stopping = reading.stopping();
    return stopping == null ? plain : new StoppableFlow(plain, stopping);
  }
}
