package io.tollgate.contract.explain;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a request. Carries no key.
 *
 * @param route null when none takes it
 * @param consumer null when nobody is known
 * @param labels the consumer's
 * @param model null when it names none
 * @param promptTokens estimated, and so is {@code outputTokens}
 * @param idle rules of the route that do not apply
 * @param service null when the route has none, or the request does not come so far as to be
 *     identified
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Explanation(
    @Nullable String route,
    @Nullable String consumer,
    Map<String, String> labels,
    @Nullable String model,
    long promptTokens,
    long outputTokens,
    List<LimitView> limits,
    List<IdleRule> idle,
    List<BalanceView> balances,
    @Nullable ServiceView service,
    Result result) {
  public Explanation {
    labels = Map.copyOf(labels);
    limits = List.copyOf(limits);
    idle = List.copyOf(idle);
    balances = List.copyOf(balances);
  }

  /**
   * The end of it.
   *
   * @param status the answer's, 200 for one that passes
   * @param code stable, for programs; empty when it passes
   * @param message for people
   * @param retryMillis until a request can pass; null when one can, or waiting does not help
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Result(
      boolean passes, int status, String code, String message, @Nullable Long retryMillis) {}
}
