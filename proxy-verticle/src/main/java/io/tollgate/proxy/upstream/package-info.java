/**
 * The provider's side of a request: which provider, under which address and name of the model, with
 * which headers, and what comes back.
 */
@NullMarked
package io.tollgate.proxy.upstream;

import org.jspecify.annotations.NullMarked;
