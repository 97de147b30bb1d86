package io.tollgate.contract.hold;

import org.jspecify.annotations.Nullable;

/**
 * Names one counter. The limiter turns it into the Redis key {@code
 * higress-token-ratelimit:<ruleName>:<type>:<windowSeconds>[:<keyName>:<value>]}.
 *
 * @param keyName the header, parameter or cookie; {@code x-mse-consumer} for consumers; the whole
 *     {@code from-…} text for addresses; empty for the global threshold
 * @param value the value that the counter is for; null for the global threshold
 */
public record LimitKey(
    String ruleName,
    LimitType type,
    long windowSeconds,
    String keyName,
    @Nullable FactValue value) {}
