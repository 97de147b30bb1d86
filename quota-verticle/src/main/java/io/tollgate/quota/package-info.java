/**
 * Can it pay: holds on balances before a request is forwarded, the bill after it, and the balances
 * themselves, which live in Redis as plain integers that other programs may change.
 */
@NullMarked
package io.tollgate.quota;

import org.jspecify.annotations.NullMarked;
