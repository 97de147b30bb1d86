package io.tollgate.proxy.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands where in a segment; all numbers big-endian.
 *
 * <p>Head: eight bytes {@code Tollgate}, version, size in bytes, CRC32C of these; then whether
 * there may be records. A record begins at a multiple of eight: length of the payload, its CRC32C,
 * one byte for each recipient (zero until he has confirmed it), a mark that tells records from
 * other bytes, and the second of the last confirmation since the epoch; then the payload.
 */
final class SegmentLayout {
  static final int VERSION = 1;
  static final int HEAD_BYTES = 32;
  static final int RECORD_HEAD_BYTES = 16;

  /** No single flipped bit turns what waits into what is confirmed. */
  static final byte CONFIRMED = 0x5A;

  static final byte WAITING = 0;

  private static final long NAME = 0x546F6C6C67617465L;
  private static final int USED = 0x55534544;
  private static final int FREE = 0x46524545;
  private static final short RECORD = 0x7E6A;

  private static final int AT_VERSION = 8;
  private static final int AT_SIZE = 12;
  private static final int AT_HEAD_CRC = 16;
  private static final int AT_STATE = 20;

  private static final int AT_CRC = 4;
  private static final int AT_MARKS = 8;
  private static final int AT_RECORD = 10;
  private static final int AT_CONFIRMED = 12;

  private SegmentLayout() {}

  static void writeHead(ByteBuffer bytes) {
    bytes.putLong(0, NAME);
    bytes.putInt(AT_VERSION, VERSION);
    bytes.putInt(AT_SIZE, bytes.capacity());
    sealHead(bytes);
    markFree(bytes);
  }

  static void sealHead(ByteBuffer bytes) {
    bytes.putInt(AT_HEAD_CRC, crc(bytes, 0, AT_HEAD_CRC));
  }

  static boolean hasSoundHead(ByteBuffer bytes) {
    return bytes.capacity() >= HEAD_BYTES
        && bytes.getLong(0) == NAME
        && bytes.getInt(AT_HEAD_CRC) == crc(bytes, 0, AT_HEAD_CRC);
  }

  static int version(ByteBuffer bytes) {
    return bytes.getInt(AT_VERSION);
  }

  static int size(ByteBuffer bytes) {
    return bytes.getInt(AT_SIZE);
  }

  static boolean isFree(ByteBuffer bytes) {
    return bytes.getInt(AT_STATE) == FREE;
  }

  static void markUsed(ByteBuffer bytes) {
    bytes.putInt(AT_STATE, USED);
  }

  static void markFree(ByteBuffer bytes) {
    bytes.putInt(AT_STATE, FREE);
  }

  /** All of a record's head but its length. */
  static void writeRecordHead(ByteBuffer bytes, int at, int crc) {
    bytes.putInt(at + AT_CRC, crc);
    bytes.putShort(at + AT_MARKS, WAITING);
    bytes.putShort(at + AT_RECORD, RECORD);
    bytes.putInt(at + AT_CONFIRMED, 0);
  }

  static void writeLength(ByteBuffer bytes, int at, int length) {
    bytes.putInt(at, length);
  }

  static boolean isRecord(ByteBuffer bytes, int at) {
    if (at > bytes.capacity() - RECORD_HEAD_BYTES || bytes.getShort(at + AT_RECORD) != RECORD) {
      return false;
    }
    int length = bytes.getInt(at);
    return length > 0
        && length <= bytes.capacity() - at - RECORD_HEAD_BYTES
        && bytes.getInt(at + AT_CRC) == crc(bytes, at + RECORD_HEAD_BYTES, length);
  }

  static byte[] payload(ByteBuffer bytes, int at) {
    byte[] payload = new byte[bytes.getInt(at)];
    bytes.get(at + RECORD_HEAD_BYTES, payload);
    return payload;
  }

  static int recordBytes(ByteBuffer bytes, int at) {
    return next(at, bytes.getInt(at)) - at;
  }

  static int next(int at, int length) {
    return (at + RECORD_HEAD_BYTES + length + 7) & ~7;
  }

  static byte mark(ByteBuffer bytes, int at, Recipient recipient) {
    return bytes.get(at + AT_MARKS + recipient.position());
  }

  static void confirm(ByteBuffer bytes, int at, Recipient recipient, long nowSeconds) {
    bytes.putInt(at + AT_CONFIRMED, (int) nowSeconds);
    bytes.put(at + AT_MARKS + recipient.position(), CONFIRMED);
  }

  static void await(ByteBuffer bytes, int at, Recipient recipient) {
    bytes.put(at + AT_MARKS + recipient.position(), WAITING);
  }

  /** Since the epoch; zero when nobody has confirmed. */
  static long confirmedSeconds(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at + AT_CONFIRMED));
  }

  static void copyMarks(ByteBuffer from, int source, ByteBuffer to, int target) {
    to.putInt(target + AT_CONFIRMED, from.getInt(source + AT_CONFIRMED));
    to.putShort(target + AT_MARKS, from.getShort(source + AT_MARKS));
  }

  private static int crc(ByteBuffer bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(at, length));
    return (int) crc.getValue();
  }
}
