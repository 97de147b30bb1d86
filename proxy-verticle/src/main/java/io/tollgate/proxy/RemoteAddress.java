package io.tollgate.proxy;

import io.vertx.core.net.SocketAddress;

/** A peer's address in the form that rules are written in. */
final class RemoteAddress {
  private static final String MAPPED = "::ffff:";

  private RemoteAddress() {}

  static String of(IdentifiedCall call) {
    SocketAddress peer = call.inbound().request().remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    return address == null ? "" : plain(address);
  }

  /** IPv4 in dotted form even when mapped into IPv6, and no IPv6 zone. */
  static String plain(String address) {
    int zone = address.indexOf('%');
    String bare = zone < 0 ? address : address.substring(0, zone);
    boolean mapped = bare.startsWith(MAPPED) && bare.indexOf('.') > 0;
    return mapped ? bare.substring(MAPPED.length()) : bare;
  }
}
