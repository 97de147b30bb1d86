package io.tollgate.contract.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of a route's {@code ai-token-ratelimit} blocks.
 *
 * @param global null when there is no {@code global_threshold}
 * @param rejectedCode the HTTP status of a refusal
 * @param rejectedMessage sent as it is; null for the standard body
 * @param store the id of its Redis
 * @param strict admit only what fits whole
 * @param firstMatchOnly whether the first rule item that matches is the only one that applies
 */
public record LimitBlock(
    String ruleName,
    @Nullable LimitWindow global,
    List<LimitItem> items,
    int rejectedCode,
    @Nullable String rejectedMessage,
    String store,
    FailPolicy fail,
    boolean strict,
    boolean firstMatchOnly) {
  public LimitBlock {
    items = List.copyOf(items);
  }
}
