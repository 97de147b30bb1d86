/**
 * What is held for a request while it is under way: on which counters and balances, and how long.
 */
@NullMarked
package io.tollgate.contract.hold;

import org.jspecify.annotations.NullMarked;
