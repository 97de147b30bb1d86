package io.tollgate.proxy.encoding;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Compressed data in the format of zlib or without its frame. Has to be closed. */
final class Inflation implements AutoCloseable {
  private static final int PIECE_BYTES = 8 * 1024;

  private final Inflater inflater;
  private final Output out;
  private final byte[] piece = new byte[PIECE_BYTES];

  /**
   * @param framed whether there is zlib's header before the data and its checksum behind it
   */
  Inflation(boolean framed, Output out) {
    this.inflater = new Inflater(!framed);
    this.out = out;
  }

  /** Returns the place of the first byte that is not part of the data, or {@code to}. */
  int inflate(byte[] bytes, int from, int to) throws EncodingFault {
    inflater.setInput(bytes, from, to - from);
    int length = next();
    while (length > 0) {
      out.take(piece, 0, length);
      length = next();
    }
    if (inflater.needsDictionary()) {
      throw new EncodingFault("wants a dictionary that nobody has");
    }
    return to - inflater.getRemaining();
  }

  /** What comes before a fault is as good as what came in earlier pieces. */
  private int next() throws EncodingFault {
    long before = inflater.getBytesWritten();
    try {
      return inflater.inflate(piece);
    } catch (DataFormatException e) {
      out.take(piece, 0, (int) (inflater.getBytesWritten() - before));
      throw new EncodingFault("not deflate data: " + e.getMessage());
    }
  }

  boolean finished() {
    return inflater.finished();
  }

  /** Makes ready for other data. */
  void reset() {
    inflater.reset();
  }

  @Override
  public void close() {
    inflater.end();
  }
}
