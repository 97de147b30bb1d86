package io.tollgate.store;

import java.nio.charset.StandardCharsets;

/**
 * The slot of a key in a Redis Cluster: CRC16 (polynomial 0x1021, initial value 0) of the key, or
 * of what stands between its first brace and the next closing one, unless that is nothing.
 */
final class HashSlot {
  static final int SLOTS = 16_384;

  private static final int POLYNOMIAL = 0x1021;
  private static final int[] TABLE = table();

  private HashSlot() {}

  static int of(String key) {
    return crc16(tagOf(key).getBytes(StandardCharsets.UTF_8)) % SLOTS;
  }

  private static String tagOf(String key) {
    int open = key.indexOf('{');
    int close = open < 0 ? -1 : key.indexOf('}', open + 1);
    return close > open + 1 ? key.substring(open + 1, close) : key;
  }

  static int crc16(byte[] bytes) {
    int crc = 0;
    for (byte b : bytes) {
      crc = ((crc << 8) ^ TABLE[((crc >>> 8) ^ b) & 0xFF]) & 0xFFFF;
    }
    return crc;
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      table[i] = crc & 0xFFFF;
    }
    return table;
  }
}
