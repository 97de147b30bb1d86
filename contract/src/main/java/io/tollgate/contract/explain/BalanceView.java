package io.tollgate.contract.explain;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * How one balance stands that a request pays from.
 *
 * @param name of the budget; {@code ai-quota} for a route's plain quota
 * @param of whose it is: a consumer, a label's value, or empty for all
 * @param balance tokens left; null when it is not known, as the following
 * @param endsMillis until its period ends; null when it has none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record BalanceView(
    String name,
    String of,
    boolean shadow,
    @Nullable Long balance,
    @Nullable Long held,
    @Nullable Long endsMillis,
    Passing passing,
    String note) {}
