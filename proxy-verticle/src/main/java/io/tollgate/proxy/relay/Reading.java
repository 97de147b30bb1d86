package io.tollgate.proxy.relay;

import io.tollgate.proxy.meter.UsageMeter;
import org.jspecify.annotations.Nullable;

/**
 * What is done with an answer on its way, besides passing it on.
 *
 * @param hidesUsage whether to take out the events that carry usage only, as the client asked for
 *     none
 * @param stopping null for an answer that goes on to its own end
 */
public record Reading(UsageMeter meter, boolean hidesUsage, @Nullable Stopping stopping) {
  /** The same for an answer that is no stream. */
  Reading ofDocument() {
    return new Reading(meter, false, null);
  }
}
