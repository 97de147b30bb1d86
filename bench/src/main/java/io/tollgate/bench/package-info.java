/** Measures speed and accuracy. */
@NullMarked
package io.tollgate.bench;

import org.jspecify.annotations.NullMarked;
