package io.tollgate.limiter;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** An IP address in figures; an IPv4 address mapped into IPv6 is that IPv4 address. */
record IpAddress(InetAddress address) {

  /** Reads figures only; a name is never looked up. */
  static Optional<IpAddress> parse(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new IpAddress(InetAddress.getByAddress(bytes)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("only a wrong length is unknown", e);
    }
  }

  /** As {@link #parse}, where a port may follow: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80}. */
  static Optional<IpAddress> parseEndpoint(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      return end < 0 ? Optional.empty() : parse(text.substring(1, end));
    }
    int colon = text.indexOf(':');
    boolean hasPort = colon >= 0 && colon == text.lastIndexOf(':');
    return parse(hasPort ? text.substring(0, colon) : text);
  }

  /** The canonical form, IPv6 shortened. */
  String text() {
    return NetUtil.toAddressString(address);
  }

  byte[] bytes() {
    return address.getAddress();
  }
}
