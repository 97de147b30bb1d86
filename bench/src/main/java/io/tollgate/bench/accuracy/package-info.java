/**
 * Whether the books match what the provider has made: callers, faults and kills against real nodes,
 * a provider that keeps a ledger of its own, and the balances and counters as Redis has them.
 */
@NullMarked
package io.tollgate.bench.accuracy;

import org.jspecify.annotations.NullMarked;
