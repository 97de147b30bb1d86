package io.tollgate.proxy.encoding;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Undoes all encodings of one body, as its bytes come. Keeps none of them; a few windows of some
 * ten kilobytes each, of brotli's up to sixteen megabytes, until it is closed. Never fails: where
 * the bytes are not what they should be, it stops and {@link #fault} says why.
 */
public final class BodyDecoder implements AutoCloseable {
  private final List<Decoder> decoders = new ArrayList<>();

  private final List<Budget> budgets = new ArrayList<>();
  private final Output first;
  private boolean empty = true;
  private boolean closed;
  private @Nullable String fault;

  /**
   * @param encoding one that can be undone
   * @param plain gets each piece of the plain body
   */
  public BodyDecoder(ContentEncoding encoding, Consumer<Buffer> plain) {
    Output out =
        (bytes, from, to) ->
            plain.accept(Buffer.buffer(to - from).appendBytes(bytes, from, to - from));
    for (String name : encoding.names()) {
      ContentCoding coding = Objects.requireNonNull(ContentCoding.of(name), name);
      Budget budget = new Budget(out);
      Decoder decoder = coding.decoder(budget);
      budgets.add(budget);
      decoders.add(decoder);
      out = decoder::decode;
    }
    this.first = out;
  }

  /** Takes the next bytes of the encoded body; ignores them after a fault and once it is closed. */
  public void decode(Buffer encoded) {
    if (fault != null || closed) {
      return;
    }
    empty = false;
    byte[] bytes = encoded.getBytes();
    budgets.forEach(budget -> budget.encoded(bytes.length));
    try {
      first.take(bytes, 0, bytes.length);
    } catch (EncodingFault e) {
      fault = e.getMessage();
    }
  }

  /** Why nothing more is decoded; null while all is well. */
  public @Nullable String fault() {
    return fault;
  }

  /** Whether the body may end here, undamaged. */
  public boolean ended() {
    return empty || (fault == null && decoders.stream().allMatch(Decoder::ended));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      decoders.forEach(Decoder::close);
    }
  }
}
