package io.tollgate.contract.tokens;

import org.jspecify.annotations.Nullable;

/**
 * What a limit or quota counts of a request, as a weight for each kind of token. Parts have a
 * weight of their own: {@code cached} that of prompt tokens which came from the provider's cache,
 * {@code reasoning} that of completion tokens which the caller does not see.
 *
 * @param request what each request counts beside its tokens
 */
public record Count(double request, double input, double output, double cached, double reasoning) {
  /** Input plus output. */
  public static final Count TOTAL = new Count(0, 1, 1, 1, 1);

  public static final Count INPUT = new Count(0, 1, 0, 1, 0);
  public static final Count OUTPUT = new Count(0, 0, 1, 0, 1);

  /** Requests instead of tokens. */
  public static final Count REQUESTS = new Count(1, 0, 0, 0, 0);

  /** What these tokens count, rounded up. */
  public long of(TokenUsage usage) {
    if (equals(TOTAL)) {
      return usage.billableTokens();
    }
    boolean onlyTotal = usage.prompt() == null && usage.completion() == null;
    // Of a sum whose parts nobody knows each token is taken for the dearer kind.
    double tokens =
        onlyTotal
            ? usage.billableTokens() * Math.max(input, output)
            : weighted(usage.promptTokens(), orZero(usage.cached()), input, cached)
                + weighted(usage.completionTokens(), orZero(usage.reasoning()), output, reasoning);
    return (long) Math.ceil(request + tokens - 1e-9);
  }

  /** What a request that is expected to use so much counts, at least one. */
  public long of(Estimate estimate) {
    return Math.max(1, of(TokenUsage.of(estimate.promptTokens(), estimate.outputTokens())));
  }

  /** Whether more output counts more. */
  public boolean ofOutput() {
    return dearerOutput() > 0;
  }

  /**
   * How many tokens of output make this amount full beside a prompt, when all of them are of the
   * dearer kind; at least 0.
   */
  public long outputWithin(long amount, long promptTokens) {
    double rest = amount - request - promptTokens * Math.max(input, cached);
    return Math.max(0, (long) Math.floor(rest / dearerOutput() + 1e-9));
  }

  private double dearerOutput() {
    return Math.max(output, reasoning);
  }

  /** {@code total}, {@code input}, {@code output}, {@code requests} or {@code weighted}. */
  public String label() {
    if (equals(TOTAL)) {
      return "total";
    }
    if (equals(INPUT)) {
      return "input";
    }
    if (equals(OUTPUT)) {
      return "output";
    }
    return equals(REQUESTS) ? "requests" : "weighted";
  }

  private static double weighted(long whole, long part, double weight, double weightOfPart) {
    long within = Math.min(whole, part);
    return (whole - within) * weight + within * weightOfPart;
  }

  private static long orZero(@Nullable Long tokens) {
    return tokens == null ? 0 : tokens;
  }
}
