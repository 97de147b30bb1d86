package io.tollgate.limiter;

/**
 * The addresses that begin with the same bits. The block of no bits at all is everybody, whatever
 * the family: that is what {@code 0.0.0.0/0} is written for.
 */
record CidrBlock(IpAddress network, int prefixLength) {
  private static final int IPV4_BITS = 32;
  private static final int MAPPING_BITS = 96;

  /**
   * @param text an address, or an address and the length of its prefix
   * @throws IllegalArgumentException when it is neither
   */
  static CidrBlock parse(String text) {
    int slash = text.indexOf('/');
    IpAddress network =
        IpAddress.parse(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(() -> notABlock(text));
    int bits = network.bytes().length * Byte.SIZE;
    if (slash < 0) {
      return new CidrBlock(network, bits);
    }
    String length = text.substring(slash + 1);
    if (!length.matches("[0-9]{1,3}")) {
      throw notABlock(text);
    }
    boolean mapped = bits == IPV4_BITS && text.indexOf(':') >= 0;
    int prefixLength = Integer.parseInt(length) - (mapped ? MAPPING_BITS : 0);
    if (prefixLength < 0 || prefixLength > bits) {
      throw notABlock(text);
    }
    return new CidrBlock(network, prefixLength);
  }

  boolean contains(IpAddress address) {
    if (prefixLength == 0) {
      return true;
    }
    byte[] wanted = network.bytes();
    byte[] actual = address.bytes();
    if (wanted.length != actual.length) {
      return false;
    }
    int whole = prefixLength / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (wanted[i] != actual[i]) {
        return false;
      }
    }
    int rest = prefixLength % Byte.SIZE;
    int mask = 0xff << (Byte.SIZE - rest) & 0xff;
    return rest == 0 || (wanted[whole] & mask) == (actual[whole] & mask);
  }

  private static IllegalArgumentException notABlock(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is neither an IP address nor a block such as 10.0.0.0/8 or 2001:db8::/32");
  }
}
