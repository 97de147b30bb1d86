package io.tollgate.proxy.meter;

import com.knuddels.jtokkit.api.EncodingType;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Models that cut text into tokens in the same way, told by their names. Of OpenAI's we have the
 * vocabulary. Of the others we only know how many tokens they make of text, roughly at first: as
 * their makers publish it by the character, and by what they make of a text that OpenAI's newest
 * vocabulary makes one token of.
 *
 * @param own the family's vocabulary; null when we do not have it
 * @param tokensPerAscii for each ASCII character
 * @param tokensPerOther for each other character
 * @param tokensPerReference for each token of {@link #vocabulary}
 */
record ModelFamily(
    List<String> prefixes,
    @Nullable EncodingType own,
    double tokensPerAscii,
    double tokensPerOther,
    double tokensPerReference) {
  private static final ModelFamily OTHER = new ModelFamily(List.of(), null, 0.25, 0.7, 1);

  /** The first one whose prefix fits is meant. */
  private static final List<ModelFamily> KNOWN =
      List.of(
          new ModelFamily(
              List.of(
                  "gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "chatgpt", "codex-", "o1",
                  "o3", "o4"),
              EncodingType.O200K_BASE,
              0.25,
              0.7,
              1),
          new ModelFamily(
              List.of("gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3-", "text-embedding-ada-002"),
              EncodingType.CL100K_BASE,
              0.25,
              1.1,
              1),
          new ModelFamily(List.of("qwen", "qwq", "qvq", "text-embedding-v"), null, 0.25, 0.6, 1),
          new ModelFamily(List.of("deepseek"), null, 0.3, 0.6, 1),
          new ModelFamily(List.of("claude"), null, 0.29, 1, 1.15));

  /**
   * @param model as a provider calls it; a maker before a slash and OpenAI's {@code ft:} are passed
   *     over
   */
  static ModelFamily of(String model) {
    String name = model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String plain = name.startsWith("ft:") ? name.substring("ft:".length()) : name;
    for (ModelFamily family : KNOWN) {
      if (family.prefixes.stream().anyMatch(plain::startsWith)) {
        return family;
      }
    }
    return OTHER;
  }

  /** The vocabulary to count with. */
  EncodingType vocabulary() {
    return own == null ? EncodingType.O200K_BASE : own;
  }

  /** Whether it is the family's own, so that its count is the truth. */
  boolean isExact() {
    return own != null;
  }
}
