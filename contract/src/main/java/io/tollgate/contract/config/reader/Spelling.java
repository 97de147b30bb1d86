package io.tollgate.contract.config.reader;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;

/** Guesses the word that was meant. */
final class Spelling {
  private static final int LONGEST_WORD = 64;

  private Spelling() {}

  /** {@code " (did you mean …?)"}, or nothing when no word is near. */
  static String didYouMean(String word, Collection<String> words) {
    if (word.isEmpty() || word.length() > LONGEST_WORD) {
      return "";
    }
    return words.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(nearest -> distance(word, nearest) <= tolerance(nearest))
        .map(nearest -> " (did you mean " + nearest + "?)")
        .orElse("");
  }

  private static int tolerance(String word) {
    return word.length() < 4 ? 1 : Math.max(2, word.length() / 3);
  }

  /** How many letters must be added, removed or replaced. */
  static int distance(String from, String to) {
    int[] previous = new int[to.length() + 1];
    Arrays.setAll(previous, i -> i);
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
