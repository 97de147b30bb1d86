package io.tollgate.bench.accuracy;

import org.jspecify.annotations.Nullable;

/**
 * What a client saw of its call. Times are milliseconds since 1970.
 *
 * @param node that it was sent to, with the number of its start
 * @param status null when no head came
 * @param requestId as the gateway names it; null when no head came
 * @param headMillis null when no head came
 * @param events pieces of a stream
 */
record Heard(
    End end,
    String node,
    @Nullable Integer status,
    @Nullable String requestId,
    long startMillis,
    @Nullable Long headMillis,
    long endMillis,
    int events) {
  enum End {
    /** An answer to its end. */
    WHOLE,
    /** A refusal or an error, with its status. */
    REFUSED,
    /** The client went away as planned. */
    LEFT,
    /** The answer broke off, with an error event or without. */
    BROKEN,
    /** There was no connection to begin with. */
    NO_CONNECTION,
    /** Nothing more came for far longer than any timeout of the gateway. */
    HUNG
  }
}
