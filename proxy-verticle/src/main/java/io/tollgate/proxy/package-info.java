/** The request path. */
@NullMarked
package io.tollgate.proxy;

import org.jspecify.annotations.NullMarked;
