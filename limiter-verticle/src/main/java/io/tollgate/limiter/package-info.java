/** May it spend now. */
@NullMarked
package io.tollgate.limiter;

import org.jspecify.annotations.NullMarked;
