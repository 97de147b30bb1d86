package io.tollgate.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script from a resource file of its own. */
public record Script(String name, String text, String sha1) {

  /**
   * Reads the file next to its owner's class.
   *
   * @param resource the file's name, such as {@code admit.lua}
   * @throws IllegalArgumentException when there is no such file
   */
  public static Script load(Class<?> owner, String resource) {
    try (InputStream file = owner.getResourceAsStream(resource)) {
      if (file == null) {
        throw new IllegalArgumentException("no " + resource + " beside " + owner.getName());
      }
      byte[] bytes = file.readAllBytes();
      return new Script(resource, new String(bytes, StandardCharsets.UTF_8), sha1(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Redis's own name for the script: lower-case hexadecimal SHA-1 of its text. */
  private static String sha1(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
