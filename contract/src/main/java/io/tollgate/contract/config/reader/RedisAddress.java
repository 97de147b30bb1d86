package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.StoreConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where a Redis is: {@code embedded}, {@code redis://…} or {@code rediss://…}. */
final class RedisAddress {
  static final int HIGHEST_DATABASE = 65_535;

  private static final int DEFAULT_PORT = 6379;
  private static final String ALLOWED =
      "embedded, or redis://[user:password@]host[:port][/database], or rediss://… for TLS;"
          + " special characters of user and password percent-encoded";

  private RedisAddress() {}

  static StoreConfig read(Value value, Duration timeout) {
    if (value.node().isArray()) {
      value.fault(
          "a list",
          ALLOWED
              + " (this version does not serve Redis Cluster and Sentinel: give the address"
              + " of one Redis)");
      return new StoreConfig.Embedded(timeout);
    }
    String text = value.text(ALLOWED);
    if (text.isBlank() || text.equals("embedded")) {
      return new StoreConfig.Embedded(timeout);
    }
    StoreConfig address = parse(text, value.faults(), timeout);
    if (address == null) {
      // Not quoted: where it could not be taken apart, no one knows where the password is.
      value.fault(
          text.contains("@") ? "an address of " + text.length() + " characters" : value.found(),
          ALLOWED);
      return new StoreConfig.Embedded(timeout);
    }
    return address;
  }

  private static @Nullable StoreConfig parse(String text, Faults faults, Duration timeout) {
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
      return new StoreConfig.Standalone(
          host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
          uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
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
