package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.StoreConfig.Standalone;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The address of one Redis: {@code redis://…} or {@code rediss://…}. */
final class RedisAddress {
  static final int HIGHEST_DATABASE = 65_535;
  static final String ALLOWED =
      "redis://[user:password@]host[:port][/database], or rediss://… for TLS;"
          + " special characters of user and password percent-encoded";

  private RedisAddress() {}

  /** Reports a fault and returns null where there is no address. */
  static @Nullable Standalone read(Value value, String allowed, int defaultPort, Duration timeout) {
    String text = value.text(allowed);
    if (text.isBlank()) {
      return null;
    }
    Standalone address = parse(text, value.faults(), defaultPort, timeout);
    if (address == null) {
      // Not quoted: where it could not be taken apart, no one knows where the password is.
      value.fault(
          text.contains("@") ? "an address of " + text.length() + " characters" : value.found(),
          allowed);
    }
    return address;
  }

  private static @Nullable Standalone parse(
      String text, Faults faults, int defaultPort, Duration timeout) {
    try {
      URI uri = new URI(text);
      boolean tls = "rediss".equals(uri.getScheme());
      String host = uri.getHost();
      String path = uri.getPath();
      if (!(tls || "redis".equals(uri.getScheme()))
          || host == null
          || uri.getPort() > ListenReader.HIGHEST_PORT
          || uri.getPort() == 0
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null
          || !path.matches("/?|/\\d{1,4}")) {
        return null;
      }
      String userInfo = uri.getUserInfo();
      int colon = userInfo == null ? -1 : userInfo.indexOf(':');
      if (userInfo != null && (colon < 0 || colon == userInfo.length() - 1)) {
        return null;
      }
      String password = userInfo == null ? null : userInfo.substring(colon + 1);
      if (password != null) {
        faults.secret(password);
      }
      return new Standalone(
          host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
          uri.getPort() < 0 ? defaultPort : uri.getPort(),
          tls,
          userInfo == null || colon == 0 ? null : userInfo.substring(0, colon),
          password,
          path.length() < 2 ? 0 : Integer.parseInt(path.substring(1)),
          timeout);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
