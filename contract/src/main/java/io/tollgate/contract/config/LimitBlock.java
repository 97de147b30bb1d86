package io.tollgate.contract.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of a route's {@code ai-token-ratelimit} blocks.
 *
 * @param when the requests it is for
 * @param global null when there is no {@code global_threshold}
 * @param rejection how it refuses
 * @param store the id of its Redis
 * @param firstMatchOnly whether the first rule item that matches is the only one that applies
 * @param load null when its numbers do not follow a provider's health
 * @param penalty null for none
 * @param alerts shares of a limit in percent, at which somebody is told
 */
public record LimitBlock(
    String ruleName,
    Selector when,
    @Nullable Allowance global,
    List<LimitItem> items,
    Rejection rejection,
    String store,
    FailPolicy fail,
    boolean firstMatchOnly,
    Admitting admitting,
    @Nullable LoadScaling load,
    @Nullable Penalty penalty,
    List<Integer> alerts) {
  public LimitBlock {
    items = List.copyOf(items);
    alerts = List.copyOf(alerts);
  }

  /**
   * @param code the HTTP status of a refusal
   * @param message sent as it is; null for the standard body
   */
  public record Rejection(int code, @Nullable String message) {
    public static final Rejection STANDARD = new Rejection(429, null);
  }

  /**
   * Whom the block lets pass, and how far.
   *
   * @param strict admit only what fits whole
   * @param clampOutput with {@code strict}, lower a request's output cap to what is left instead
   */
  public record Admitting(
      LimitMode mode, boolean strict, boolean clampOutput, OnExhausted onExhausted) {
    public static final Admitting USUAL =
        new Admitting(LimitMode.ENFORCE, false, false, OnExhausted.FINISH);
  }
}
