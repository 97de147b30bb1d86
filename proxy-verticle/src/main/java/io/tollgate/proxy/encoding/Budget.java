package io.tollgate.proxy.encoding;

/**
 * Hands decoded bytes on as long as they are in proportion to the encoded ones: an answer that
 * expands beyond that is made to keep us busy.
 */
final class Budget implements Output {
  /** Answers of many short events, each the same but for a word, shrink to a thirtieth. */
  static final long MAX_RATIO = 100;

  /** What may come of next to nothing: a model that repeats itself to its longest answer. */
  static final long FREE_BYTES = 1024 * 1024;

  private final Output out;
  private long encodedBytes;
  private long decodedBytes;

  Budget(Output out) {
    this.out = out;
  }

  void encoded(int bytes) {
    encodedBytes += bytes;
  }

  @Override
  public void take(byte[] bytes, int from, int to) throws EncodingFault {
    decodedBytes += to - from;
    if (decodedBytes > FREE_BYTES + MAX_RATIO * encodedBytes) {
      throw new EncodingFault(
          "expands to more than %d times its size and %d bytes".formatted(MAX_RATIO, FREE_BYTES));
    }
    out.take(bytes, from, to);
  }
}
