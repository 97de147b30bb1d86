/** Tokens: what a request is expected to use, what it has used, and what of that counts. */
@NullMarked
package io.tollgate.contract.tokens;

import org.jspecify.annotations.NullMarked;
