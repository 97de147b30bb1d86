package io.tollgate.proxy.encoding;

import org.jspecify.annotations.Nullable;

/**
 * Undoes {@code deflate}. That should mean zlib's format, but some servers send the bare data: the
 * first two bytes tell.
 */
final class DeflateDecoder implements Decoder {
  private static final int METHOD_MASK = 0x0F;
  private static final int DEFLATE_METHOD = 8;
  private static final int HEADER_MODULUS = 31;

  private final Output out;
  private final byte[] head = new byte[2];
  private int headBytes;
  private @Nullable Inflation data;

  DeflateDecoder(Output out) {
    this.out = out;
  }

  @Override
  public void decode(byte[] bytes, int from, int to) throws EncodingFault {
    int i = from;
    while (i < to && headBytes < head.length) {
      head[headBytes++] = bytes[i++];
      if (headBytes == head.length) {
        data = new Inflation(isZlib(), out);
        data.inflate(head, 0, head.length);
      }
    }
    if (data != null && i < to && !data.finished()) {
      data.inflate(bytes, i, to);
    }
  }

  private boolean isZlib() {
    int header = (head[0] & 0xFF) << 8 | (head[1] & 0xFF);
    return (head[0] & METHOD_MASK) == DEFLATE_METHOD && header % HEADER_MODULUS == 0;
  }

  @Override
  public boolean ended() {
    return data != null && data.finished();
  }

  @Override
  public void close() {
    if (data != null) {
      data.close();
    }
  }
}
