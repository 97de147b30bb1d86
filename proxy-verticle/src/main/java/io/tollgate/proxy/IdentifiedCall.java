package io.tollgate.proxy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request whose caller is known and may use the route.
 *
 * @param consumer null on a route that is open to everybody
 * @param labels the consumer's
 */
record IdentifiedCall(RoutedCall routed, @Nullable String consumer, Map<String, String> labels) {
  InboundCall inbound() {
    return routed.inbound();
  }
}
