/** Who is calling. */
@NullMarked
package io.tollgate.auth;

import org.jspecify.annotations.NullMarked;
