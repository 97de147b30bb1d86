/**
 * Can it pay: reservation, renewal and settlement of holds on balances, and the balances
 * themselves.
 */
@NullMarked
package io.tollgate.contract.quota;

import org.jspecify.annotations.NullMarked;
