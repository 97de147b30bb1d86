package io.tollgate.proxy.meter;

/**
 * Tokens of text by its script, as some vocabulary cuts it.
 *
 * @param ascii of parts in Latin letters without marks, digits and what stands between them
 * @param other of all other parts
 */
record TextTokens(long ascii, long other) {
  static final TextTokens NONE = new TextTokens(0, 0);

  TextTokens plus(TextTokens more) {
    return new TextTokens(ascii + more.ascii, other + more.other);
  }

  long sum() {
    return ascii + other;
  }
}
