package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.ProxyConfig;
import io.tollgate.contract.config.TlsListen;
import org.jspecify.annotations.Nullable;

/** {@code proxy}. */
final class ProxyReader {
  private static final int DEFAULT_MAX_BODY_BYTES = 20 * 1024 * 1024;
  private static final int HIGHEST_MAX_BODY_BYTES = 1024 * 1024 * 1024;

  private ProxyReader() {}

  static ProxyConfig read(Value value) {
    try (Section proxy = Section.optional(value)) {
      return new ProxyConfig(
          http(proxy.value("http")),
          https(proxy.value("https")),
          proxy.value("max_body_bytes").number(1, HIGHEST_MAX_BODY_BYTES, DEFAULT_MAX_BODY_BYTES));
    }
  }

  private static Listen http(Value value) {
    try (Section http = Section.optional(value)) {
      return ListenReader.read(http, "0.0.0.0", 8080);
    }
  }

  private static @Nullable TlsListen https(Value value) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section https = Section.optional(value)) {
      Listen listen = ListenReader.read(https, "0.0.0.0", 8443);
      return new TlsListen(
          listen.host(),
          listen.port(),
          Paths.readable(https.value("certificate"), "a readable PEM file with the certificate"),
          Paths.readable(https.value("key"), "a readable PEM file with the private key"));
    }
  }
}
