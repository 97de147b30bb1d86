package io.tollgate.proxy.meter;

import io.tollgate.contract.usage.TokenUsage;
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
      return prompt;
    }
    Long input = get(AnswerField.INPUT_TOKENS);
    if (input != null) {
      return input
          + orZero(AnswerField.CACHE_CREATION_TOKENS)
          + orZero(AnswerField.CACHE_READ_TOKENS);
    }
    return difference(AnswerField.COMPLETION_TOKENS);
  }

  /** The output tokens; null when neither reported nor to be told from the total. */
  @Nullable Long completion() {
    Long completion = get(AnswerField.COMPLETION_TOKENS);
    return completion != null ? completion : difference(AnswerField.PROMPT_TOKENS);
  }

  private @Nullable Long difference(AnswerField known) {
    Long total = get(AnswerField.TOTAL_TOKENS);
    Long part = get(known);
    return total == null || part == null || part > total ? null : total - part;
  }

  @Nullable Long reasoning() {
    return get(AnswerField.REASONING_TOKENS);
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
    Long cached = get(AnswerField.CACHED_TOKENS);
    return new TokenUsage(
        prompt,
        completion,
        total,
        cached != null ? cached : get(AnswerField.CACHE_READ_TOKENS),
        reasoning());
  }

  private long orZero(AnswerField field) {
    return values.getOrDefault(field, 0L);
  }

  private @Nullable Long get(AnswerField field) {
    return values.get(field);
  }
}
