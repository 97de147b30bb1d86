package io.tollgate.proxy.meter;

/**
 * How many tokens a model makes of text, learned from exact answers. ASCII and other characters
 * have a rate each; an answer moves the rates by their share in it.
 */
final class TextCalibration {
  static final double TOKENS_PER_ASCII_CHARACTER = 0.25;
  static final double TOKENS_PER_OTHER_CHARACTER = 0.7;

  /** Shorter texts say more about framing than about rates. */
  private static final int LEAST_TOKENS_TO_LEARN_FROM = 8;

  private static final double LEARNING_RATE = 0.1;
  private static final double LARGEST_CORRECTION = 4;
  private static final double LARGEST_DRIFT = 8;

  private double asciiRate = TOKENS_PER_ASCII_CHARACTER;
  private double otherRate = TOKENS_PER_OTHER_CHARACTER;

  /** The tokens of a text, rounded up. */
  long tokens(long asciiCharacters, long otherCharacters) {
    return (long) Math.ceil(asciiCharacters * asciiRate + otherCharacters * otherRate);
  }

  void learn(long asciiCharacters, long otherCharacters, long exactTokens) {
    double ascii = asciiCharacters * asciiRate;
    double other = otherCharacters * otherRate;
    double expected = ascii + other;
    if (expected < LEAST_TOKENS_TO_LEARN_FROM || exactTokens < LEAST_TOKENS_TO_LEARN_FROM) {
      return;
    }
    double ratio = within(exactTokens / expected, LARGEST_CORRECTION);
    asciiRate = moved(asciiRate, ascii / expected, ratio, TOKENS_PER_ASCII_CHARACTER);
    otherRate = moved(otherRate, other / expected, ratio, TOKENS_PER_OTHER_CHARACTER);
  }

  private static double moved(double rate, double share, double ratio, double usual) {
    double corrected = rate * (1 + LEARNING_RATE * share * (ratio - 1));
    return usual * within(corrected / usual, LARGEST_DRIFT);
  }

  private static double within(double ratio, double bound) {
    return Math.clamp(ratio, 1 / bound, bound);
  }
}
