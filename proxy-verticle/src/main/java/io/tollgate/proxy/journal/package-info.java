/**
 * The journal of a node: what each request used, in memory-mapped files, from before the client has
 * the end of its answer until limiter and quota have confirmed it.
 *
 * <p>Each event loop has a {@link io.tollgate.proxy.journal.LoopJournal} of its own; a {@link
 * io.tollgate.proxy.journal.Journal} is what the loops of a node share: the directory, what was
 * left in it, and segments that wait to be filled.
 */
@NullMarked
package io.tollgate.proxy.journal;

import org.jspecify.annotations.NullMarked;
