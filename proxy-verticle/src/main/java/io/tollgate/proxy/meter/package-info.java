/**
 * Token metering: what a request asks for, what it may cost, and what its answer did cost. Reads
 * bytes as they pass, in bounded memory; does no I/O and keeps to one event loop.
 *
 * <p>{@code RequestBody.read(bytes)} gives the fields and {@code rewrite}s them; {@code
 * Estimator.forecast(…)} gives the {@code estimate} to hold and, for each attempt with a provider,
 * a {@code meter}. The answer's chunks go through {@code meter.accept} or, to hide the usage chunk,
 * through {@code new UsageChunkFilter(meter).pass}; {@code meter.count} says what to bill. What it
 * has to count with a tokenizer is counted in a {@code Workshop}, off the event loop.
 */
@NullMarked
package io.tollgate.proxy.meter;

import org.jspecify.annotations.NullMarked;
