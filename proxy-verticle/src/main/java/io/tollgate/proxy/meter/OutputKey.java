package io.tollgate.proxy.meter;

import org.jspecify.annotations.Nullable;

/**
 * Whose answers from which model are alike in length.
 *
 * @param consumer null on a route without authentication
 */
record OutputKey(@Nullable String consumer, String model) {}
