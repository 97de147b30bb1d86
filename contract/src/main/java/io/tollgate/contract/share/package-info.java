/**
 * What stands in for a store that can't be reached: this node's part of a limit or a balance, kept
 * in memory.
 */
@NullMarked
package io.tollgate.contract.share;

import org.jspecify.annotations.NullMarked;
