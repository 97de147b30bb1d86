/** Puts the parts together and starts them. */
@NullMarked
package io.tollgate.deploy;

import org.jspecify.annotations.NullMarked;
