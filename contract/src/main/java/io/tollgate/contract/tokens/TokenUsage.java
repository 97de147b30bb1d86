package io.tollgate.contract.tokens;

import org.jspecify.annotations.Nullable;

/**
 * The tokens of one answer, as the provider reported or as we estimated them. Absent (null) is not
 * zero: it means that nothing was said. What is a part of another number is already counted in it.
 *
 * @param prompt all tokens of the input, cached ones included
 * @param completion all tokens of the output, reasoning ones included
 * @param total the provider's own sum, which may be all that it says
 * @param cached the part of {@code prompt} that was read from the provider's cache
 * @param reasoning the part of {@code completion} that the caller does not see
 * @param cacheCreation the part of {@code prompt} that was written to the provider's cache
 * @param audioInput the part of {@code prompt} that was sound
 * @param audioOutput the part of {@code completion} that was sound
 */
public record TokenUsage(
    @Nullable Long prompt,
    @Nullable Long completion,
    @Nullable Long total,
    @Nullable Long cached,
    @Nullable Long reasoning,
    @Nullable Long cacheCreation,
    @Nullable Long audioInput,
    @Nullable Long audioOutput) {

  /** Nothing was said. */
  public static final TokenUsage ABSENT =
      new TokenUsage(null, null, null, null, null, null, null, null);

  /** Nothing was used: no answer was produced. */
  public static final TokenUsage NONE = of(0, 0);

  public static TokenUsage of(long prompt, long completion) {
    return ABSENT.completed(prompt, completion);
  }

  /** The same parts under these sums, which may be estimates. */
  public TokenUsage completed(long prompt, long completion) {
    return new TokenUsage(
        prompt,
        completion,
        prompt + completion,
        cached,
        reasoning,
        cacheCreation,
        audioInput,
        audioOutput);
  }

  /** The same with more input, of which nobody reported anything. */
  public TokenUsage plusPrompt(long tokens) {
    long output = billableTokens() - promptTokens();
    return tokens == 0 ? this : completed(promptTokens() + tokens, output);
  }

  /** Whether there is enough to bill from. */
  public boolean isPresent() {
    return prompt != null || completion != null || total != null;
  }

  /** Input plus output; the provider's sum where it reported no parts. Zero when absent. */
  public long billableTokens() {
    if (prompt == null && completion == null) {
      return total == null ? 0 : total;
    }
    return promptTokens() + completionTokens();
  }

  public long promptTokens() {
    return prompt == null ? 0 : prompt;
  }

  public long completionTokens() {
    return completion == null ? 0 : completion;
  }
}
