package io.tollgate.proxy;

import org.jspecify.annotations.Nullable;

/**
 * A request whose caller is known and may use the route.
 *
 * @param consumer null on a route that is open to everybody
 */
record IdentifiedCall(RoutedCall routed, @Nullable String consumer) {
  InboundCall inbound() {
    return routed.inbound();
  }
}
