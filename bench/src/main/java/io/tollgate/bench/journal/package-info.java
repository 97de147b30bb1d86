/**
 * Measures the journal: what writing an event down costs beside other ways to keep it, what each
 * loses when its process is killed, and what the journal costs a gateway.
 */
@NullMarked
package io.tollgate.bench.journal;

import org.jspecify.annotations.NullMarked;
