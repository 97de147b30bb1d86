/** Measures the limiter's algorithms: how exact they are, and what they cost. */
@NullMarked
package io.tollgate.bench.limits;

import org.jspecify.annotations.NullMarked;
