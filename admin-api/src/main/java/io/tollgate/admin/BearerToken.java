package io.tollgate.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The token that machines show. An empty one opens nothing. */
final class BearerToken {
  private static final String SCHEME = "bearer ";
  private static final String CHALLENGE = "Bearer realm=\"Tollgate\"";

  private final byte[] expected;

  BearerToken(String token) {
    this.expected = token.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * What is wrong with a request's {@code Authorization}; empty when nothing is.
   *
   * @param authorization null when there is none
   */
  Optional<Problem> refuse(@Nullable String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return Optional.of(
          Problem.of(401, "missing_token", "send the header Authorization: Bearer <admin.token>")
              .with("WWW-Authenticate", CHALLENGE));
    }
    byte[] shown =
        authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    // Takes as long for a wrong token as for a right one.
    if (MessageDigest.isEqual(shown, expected) && expected.length > 0) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
                401,
                "invalid_token",
                expected.length == 0
                    ? "this node has no admin.token and lets nobody in"
                    : "the token is not this node's admin.token")
            .with("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\""));
  }
}
