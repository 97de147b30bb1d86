package io.tollgate.proxy.encoding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Undoes {@code br} (RFC 7932) with the native library, whose memory is freed when this closes. */
final class BrotliDecoder implements Decoder {
  private static final int PIECE_BYTES = 8 * 1024;

  private final DecoderJNI.Wrapper brotli;
  private final Output out;
  private final byte[] piece = new byte[PIECE_BYTES];

  BrotliDecoder(Output out) {
    this.out = out;
    try {
      this.brotli = new DecoderJNI.Wrapper(PIECE_BYTES);
    } catch (IOException e) {
      throw new IllegalStateException("brotli's decoder can't be made", e);
    }
  }

  /** Loads the library at the first call, which reads a file. False where there is none. */
  static boolean isAvailable() {
    return Brotli4jLoader.isAvailable();
  }

  @Override
  public void decode(byte[] bytes, int from, int to) throws EncodingFault {
    int i = from;
    while (true) {
      switch (brotli.getStatus()) {
        case NEEDS_MORE_OUTPUT -> pull();
        case OK -> brotli.push(0);
        case NEEDS_MORE_INPUT -> {
          if (i == to) {
            return;
          }
          i += push(bytes, i, to);
        }
        case DONE -> {
          return;
        }
        case ERROR -> throw new EncodingFault("not brotli");
      }
    }
  }

  private int push(byte[] bytes, int from, int to) throws EncodingFault {
    ByteBuffer input = brotli.getInputBuffer();
    input.clear();
    int length = Math.min(input.remaining(), to - from);
    input.put(bytes, from, length);
    brotli.push(length);
    // There may be some with any status, and all of it is wanted now.
    while (brotli.hasOutput()) {
      pull();
    }
    return length;
  }

  private void pull() throws EncodingFault {
    ByteBuffer output = brotli.pull();
    while (output.hasRemaining()) {
      int length = Math.min(piece.length, output.remaining());
      output.get(piece, 0, length);
      out.take(piece, 0, length);
    }
  }

  @Override
  public boolean ended() {
    return brotli.getStatus() == DecoderJNI.Status.DONE;
  }

  @Override
  public void close() {
    brotli.destroy();
  }
}
