package io.tollgate.contract.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The only form in which a consumer's key is stored, compared or passed on. */
public final class KeyHash {
  private static final HexFormat HEX = HexFormat.of();

  private KeyHash() {}

  /** Lower-case hexadecimal SHA-256 of the key's UTF-8 bytes. */
  public static String of(String key) {
    try {
      return HEX.formatHex(
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
