/**
 * May it spend now: which rate limits apply to a request, and the tokens that it holds on their
 * counters in Redis until it is settled.
 */
@NullMarked
package io.tollgate.limiter;

import org.jspecify.annotations.NullMarked;
