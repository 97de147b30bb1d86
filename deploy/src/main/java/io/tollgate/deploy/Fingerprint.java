package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Names a version of the rules by what they say, so that nodes which have the same rules call them
 * the same, whichever way these came.
 */
final class Fingerprint {
  private static final List<String> LIVE = List.of("consumers", "routes", RuleEdits.BUDGETS);

  private Fingerprint() {}

  /**
   * @param tree a configuration before the environment was filled in
   */
  static long of(JsonNode tree) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String section : LIVE) {
        digest.update(tree.path(section).toString().getBytes(StandardCharsets.UTF_8));
      }
      return ByteBuffer.wrap(digest.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String text(long id) {
    return HexFormat.of().toHexDigits(id);
  }
}
