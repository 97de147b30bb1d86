package io.tollgate.proxy.encoding;

import java.util.zip.CRC32;

/** Undoes {@code gzip} (RFC 1952): one member or several, one after another. */
final class GzipDecoder implements Decoder {
  private static final int HEADER_BYTES = 10;
  private static final int FLAGS_AT = 3;
  private static final byte[] MAGIC = {0x1F, (byte) 0x8B, 8};
  private static final int TRAILER_BYTES = 8;

  private enum Part {
    HEADER(0),
    EXTRA_LENGTH(4),
    EXTRA(0),
    NAME(8),
    COMMENT(16),
    HEADER_CHECK(2),
    DATA(0),
    TRAILER(0),
    /** After the last member, whatever comes. */
    PADDING(0);

    /** The bit of the header that says that this part is there; zero where none does. */
    private final int flag;

    Part(int flag) {
      this.flag = flag;
    }
  }

  private final Output out;
  private final Inflation data;
  private final CRC32 check = new CRC32();
  private final byte[] fixed = new byte[HEADER_BYTES];
  private Part part = Part.HEADER;
  private int partBytes;
  private int extraBytes;
  private long dataBytes;
  private boolean memberEnded;

  GzipDecoder(Output out) {
    this.out = out;
    this.data = new Inflation(false, this::checked);
  }

  private void checked(byte[] bytes, int from, int to) throws EncodingFault {
    check.update(bytes, from, to - from);
    dataBytes += to - from;
    out.take(bytes, from, to);
  }

  @Override
  public void decode(byte[] bytes, int from, int to) throws EncodingFault {
    int i = from;
    while (i < to && part != Part.PADDING) {
      if (part == Part.DATA) {
        i = data.inflate(bytes, i, to);
        if (data.finished()) {
          begin(Part.TRAILER);
        }
      } else {
        frame(bytes[i++]);
      }
    }
  }

  private void frame(byte b) throws EncodingFault {
    partBytes++;
    switch (part) {
      case HEADER -> header(b);
      case EXTRA_LENGTH -> {
        extraBytes |= (b & 0xFF) << (8 * (partBytes - 1));
        if (partBytes == 2) {
          begin(extraBytes == 0 ? partAfter(Part.EXTRA) : Part.EXTRA);
        }
      }
      case EXTRA -> beginNextIf(partBytes == extraBytes);
      case NAME, COMMENT -> beginNextIf(b == 0);
      case HEADER_CHECK -> beginNextIf(partBytes == 2);
      case TRAILER -> trailer(b);
      case DATA, PADDING -> throw new IllegalStateException(part.toString());
    }
  }

  private void header(byte b) throws EncodingFault {
    int place = partBytes - 1;
    if (place < MAGIC.length && b != MAGIC[place]) {
      if (!memberEnded) {
        throw new EncodingFault("not gzip");
      }
      begin(Part.PADDING);
      return;
    }
    fixed[place] = b;
    beginNextIf(partBytes == HEADER_BYTES);
  }

  private void trailer(byte b) throws EncodingFault {
    int place = partBytes - 1;
    long expected = place < 4 ? check.getValue() : dataBytes;
    if ((b & 0xFF) != ((expected >>> (8 * (place % 4))) & 0xFF)) {
      throw new EncodingFault("gzip's checksum is not that of the data");
    }
    if (partBytes == TRAILER_BYTES) {
      memberEnded = true;
      data.reset();
      check.reset();
      dataBytes = 0;
      extraBytes = 0;
      begin(Part.HEADER);
    }
  }

  private void beginNextIf(boolean over) {
    if (over) {
      begin(partAfter(part));
    }
  }

  private void begin(Part next) {
    part = next;
    partBytes = 0;
  }

  /** The next part of the header that is there, or the data. */
  private Part partAfter(Part last) {
    for (Part candidate : Part.values()) {
      if (candidate.compareTo(last) > 0 && (fixed[FLAGS_AT] & candidate.flag) != 0) {
        return candidate;
      }
    }
    return Part.DATA;
  }

  @Override
  public boolean ended() {
    return part == Part.PADDING || (memberEnded && part == Part.HEADER && partBytes == 0);
  }

  @Override
  public void close() {
    data.close();
  }
}
