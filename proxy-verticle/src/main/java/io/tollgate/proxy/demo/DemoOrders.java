package io.tollgate.proxy.demo;

import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a request tell the simulated provider to do, besides what its body asks for.
 *
 * <p>{@code x-demo-tokens: N} gives an answer of exactly N completion tokens, before the request's
 * own caps. {@code x-demo-fault} takes one or more of the following, separated by commas; anything
 * else is refused:
 *
 * <ul>
 *   <li>{@code status=503}: answer with that error, 400 to 599, in OpenAI's shape
 *   <li>{@code delay=200}: wait so many milliseconds before the head of the answer
 *   <li>{@code break-after=N}: close the connection after N tokens of a stream, or half-way through
 *       a document; 0 closes it before the head
 *   <li>{@code stall-after=N}: the same places, but leave the connection open and send no more
 *   <li>{@code no-usage}: report no usage, though asked
 *   <li>{@code split=N}: write the answer in pieces of N bytes, wherever they end
 * </ul>
 *
 * @param status null for none
 * @param breakAfter null for never
 * @param stallAfter null for never
 * @param split bytes in a piece; null for whole events
 * @param tokens null for the usual answer
 */
record DemoOrders(
    @Nullable Integer status,
    Duration delay,
    @Nullable Integer breakAfter,
    @Nullable Integer stallAfter,
    boolean noUsage,
    @Nullable Integer split,
    @Nullable Integer tokens) {
  static final int MAX_TOKENS = 20_000;

  private static final String FAULT_HEADER = "x-demo-fault";
  private static final String TOKENS_HEADER = "x-demo-tokens";
  static final DemoOrders NONE = new DemoOrders(null, Duration.ZERO, null, null, false, null, null);
  private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /** The orders; null when they can't be understood, see {@link #refusal()}. */
  static @Nullable DemoOrders read(MultiMap headers) {
    String fault = headers.get(FAULT_HEADER);
    String tokens = headers.get(TOKENS_HEADER);
    DemoOrders orders = NONE;
    if (fault != null) {
      for (String one : COMMA.split(fault.strip())) {
        orders = orders == null ? null : orders.with(one);
      }
    }
    if (tokens == null || orders == null) {
      return orders;
    }
    return orders.with("tokens=" + tokens.strip());
  }

  static DemoRefusal refusal() {
    return DemoRefusal.invalid(
        FAULT_HEADER,
        "%s: allowed is a list of status=400..599, delay=<milliseconds>, break-after=<tokens>, "
                .formatted(FAULT_HEADER)
            + "stall-after=<tokens>, no-usage, split=<bytes>; %s: allowed is 1..%d"
                .formatted(TOKENS_HEADER, MAX_TOKENS));
  }

  /** After how many tokens the answer is cut off; null for never. */
  @Nullable Integer cutAfter() {
    return breakAfter == null ? stallAfter : breakAfter;
  }

  private @Nullable DemoOrders with(String order) {
    if (order.equals("no-usage")) {
      return new DemoOrders(status, delay, breakAfter, stallAfter, true, split, tokens);
    }
    int equals = order.indexOf('=');
    if (equals < 0 || !NUMBER.matcher(order.substring(equals + 1)).matches()) {
      return null;
    }
    int value = Integer.parseInt(order.substring(equals + 1));
    return switch (order.substring(0, equals)) {
      case "status" ->
          value < 400 || value > 599
              ? null
              : new DemoOrders(value, delay, breakAfter, stallAfter, noUsage, split, tokens);
      case "delay" ->
          new DemoOrders(
              status, Duration.ofMillis(value), breakAfter, stallAfter, noUsage, split, tokens);
      case "break-after" ->
          new DemoOrders(status, delay, value, stallAfter, noUsage, split, tokens);
      case "stall-after" ->
          new DemoOrders(status, delay, breakAfter, value, noUsage, split, tokens);
      case "split" ->
          value < 1
              ? null
              : new DemoOrders(status, delay, breakAfter, stallAfter, noUsage, value, tokens);
      case "tokens" ->
          value < 1 || value > MAX_TOKENS
              ? null
              : new DemoOrders(status, delay, breakAfter, stallAfter, noUsage, split, value);
      default -> null;
    };
  }
}
