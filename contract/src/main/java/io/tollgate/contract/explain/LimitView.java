package io.tollgate.contract.explain;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * How one limit stands that applies to a request.
 *
 * @param rule {@code <rule_name>/<type>[:<key name>]/<window>}
 * @param key the value that the counter is for; of a key only whose it is; empty for the whole rule
 * @param algorithm by the name that configurations use
 * @param unit {@code tokens}, {@code requests} or {@code concurrent requests}
 * @param count what of a request is counted, such as {@code total}
 * @param limit what may be used in a window now, as schedule and load have it
 * @param usual the same without schedule and load
 * @param changedBy which of them make the difference; empty for none
 * @param used null when it is not known, as the following
 * @param left neither used nor held
 * @param resetMillis until nothing counts any more of what does now
 * @param retryMillis until a request can pass; null when one can, or that is not known
 * @param note what else is to be said; empty for nothing
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record LimitView(
    String rule,
    String key,
    String algorithm,
    String unit,
    String count,
    boolean shadow,
    long limit,
    long usual,
    String changedBy,
    @Nullable Long used,
    @Nullable Long held,
    @Nullable Long left,
    @Nullable Long resetMillis,
    Passing passing,
    @Nullable Long retryMillis,
    String note) {}
