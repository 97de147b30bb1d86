package io.tollgate.proxy.meter;

import io.tollgate.contract.tokens.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * What an answer cost.
 *
 * @param usage to bill; never absent
 * @param estimated whether some part of {@code usage} is our own count, as the provider did not say
 * @param model that answered, as it named itself; null when it did not
 * @param finishReason why the model stopped, in the provider's words; null when it did not say
 * @param complete whether the answer came to its end: the closing event of a stream, or the closing
 *     brace of a document
 */
public record Metered(
    TokenUsage usage,
    boolean estimated,
    @Nullable String model,
    @Nullable String finishReason,
    boolean complete) {
  /** The same with other numbers. */
  Metered with(TokenUsage other) {
    return new Metered(other, estimated, model, finishReason, complete);
  }
}
