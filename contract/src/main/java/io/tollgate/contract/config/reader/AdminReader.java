package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.Listen;

/** {@code admin}. */
final class AdminReader {
  private AdminReader() {}

  static AdminConfig read(Value value) {
    try (Section admin = Section.optional(value)) {
      Listen listen = ListenReader.read(admin, "127.0.0.1", 8001);
      return new AdminConfig(listen.host(), listen.port(), token(admin));
    }
  }

  private static String token(Section admin) {
    Value token = admin.value("token");
    if (!token.isAbsent()) {
      return token.secret("a bearer token");
    }
    admin.warn("there is no token, so that the REST API lets nobody in; set admin.token");
    return "";
  }
}
