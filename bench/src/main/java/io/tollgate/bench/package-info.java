/**
 * Measures Tollgate beside nginx: both stand before one upstream, take the same load in turns, and
 * their throughput, latency and CPU time are compared within one run.
 */
@NullMarked
package io.tollgate.bench;

import org.jspecify.annotations.NullMarked;
