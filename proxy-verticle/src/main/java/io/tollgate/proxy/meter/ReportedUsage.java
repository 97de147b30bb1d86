package io.tollgate.proxy.meter;

import io.tollgate.contract.tokens.TokenUsage;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that a provider has reported so far. Of several reports of one number the last one
 * holds; they are never added up.
 */
final class ReportedUsage {
  private final Map<AnswerField, Long> values = new EnumMap<>(AnswerField.class);

  void report(AnswerField field, long value) {
    values.put(field, value);
  }

  /** The input tokens, written to and read from caches too; null when not reported. */
  @Nullable Long prompt() {
    Long prompt = get(AnswerField.PROMPT_TOKENS);
    if (prompt != null) {
      return prompt + orZero(AnswerField.TOOL_PROMPT_TOKENS);
    }
    Long input = get(AnswerField.INPUT_TOKENS);
    if (input != null) {
      return input
          + orZero(AnswerField.CACHE_CREATION_TOKENS)
          + orZero(AnswerField.CACHE_READ_TOKENS);
    }
    return rest(output());
  }

  /** The output tokens; null when neither reported nor to be told from the total. */
  @Nullable Long completion() {
    Long output = output();
    return output != null ? output : rest(prompt());
  }

  private @Nullable Long output() {
    Long candidates = get(AnswerField.CANDIDATES_TOKENS);
    return candidates == null
        ? get(AnswerField.COMPLETION_TOKENS)
        : (Long) (candidates + orZero(AnswerField.THOUGHTS_TOKENS));
  }

  private @Nullable Long rest(@Nullable Long part) {
    Long total = total();
    return total == null || part == null || part > total ? null : (Long) (total - part);
  }

  @Nullable Long total() {
    return get(AnswerField.TOTAL_TOKENS);
  }

  /** As reported, with what follows from it. */
  TokenUsage usage() {
    Long prompt = prompt();
    Long completion = completion();
    Long total = total();
    if (total == null && prompt != null && completion != null) {
      total = prompt + completion;
    }
    return new TokenUsage(
        prompt,
        completion,
        total,
        either(AnswerField.CACHED_TOKENS, AnswerField.CACHE_READ_TOKENS),
        either(AnswerField.REASONING_TOKENS, AnswerField.THOUGHTS_TOKENS),
        either(AnswerField.CACHE_WRITTEN_TOKENS, AnswerField.CACHE_CREATION_TOKENS),
        get(AnswerField.AUDIO_INPUT_TOKENS),
        get(AnswerField.AUDIO_OUTPUT_TOKENS));
  }

  private @Nullable Long either(AnswerField first, AnswerField second) {
    Long value = get(first);
    return value != null ? value : get(second);
  }

  private long orZero(AnswerField field) {
    return values.getOrDefault(field, 0L);
  }

  private @Nullable Long get(AnswerField field) {
    return values.get(field);
  }
}
