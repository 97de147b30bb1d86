/** May it spend now: admission, renewal and settlement of holds on rate limits. */
@NullMarked
package io.tollgate.contract.limiter;

import org.jspecify.annotations.NullMarked;
