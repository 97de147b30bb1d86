package io.tollgate.proxy.meter;

import java.nio.charset.StandardCharsets;

/**
 * A number of tokens, true or false, whose bytes come in any number of pieces. A number is whole,
 * not negative, written in digits only and no larger than an answer can be: anything else is a
 * fault of the provider's, which is not to be billed.
 */
final class JsonScalar {
  /** Some hundred times what the largest context takes. */
  static final long MAX_NUMBER = 1_000_000_000L;

  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

  private int length;
  private long number;
  private boolean digitsOnly;
  private int trueMatched;
  private int falseMatched;

  void begin() {
    length = 0;
    number = 0;
    digitsOnly = true;
    trueMatched = 0;
    falseMatched = 0;
  }

  void take(byte b) {
    boolean leadingZero = length > 0 && number == 0;
    digitsOnly &= b >= '0' && b <= '9' && !leadingZero;
    number = digitsOnly && number <= MAX_NUMBER ? number * 10 + (b - '0') : number;
    trueMatched = matched(TRUE, trueMatched, b);
    falseMatched = matched(FALSE, falseMatched, b);
    length++;
  }

  private int matched(byte[] word, int matched, byte b) {
    return matched == length && matched < word.length && word[matched] == b ? matched + 1 : -1;
  }

  boolean isNumber() {
    return length > 0 && digitsOnly && number <= MAX_NUMBER;
  }

  long number() {
    return number;
  }

  boolean isFlag() {
    return trueMatched == TRUE.length || falseMatched == FALSE.length;
  }

  boolean flag() {
    return trueMatched == TRUE.length;
  }
}
