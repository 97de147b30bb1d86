package io.tollgate.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script from resource files of its own. */
public record Script(String name, String text, String sha1) {

  /**
   * Reads the file next to its owner's class.
   *
   * @param resource the file's name, such as {@code admit.lua}
   * @throws IllegalArgumentException when there is no such file
   */
  public static Script load(Class<?> owner, String resource) {
    return of(resource, read(owner, resource));
  }

  /**
   * Reads files next to their owner's class as one script: what several scripts share, then the
   * script that it is named after.
   *
   * @throws IllegalArgumentException when one of them is missing
   */
  public static Script load(Class<?> owner, String shared, String... more) {
    StringBuilder text = new StringBuilder(read(owner, shared));
    for (String resource : more) {
      text.append(read(owner, resource));
    }
    return of(more[more.length - 1], text.toString());
  }

  /**
   * The same script, answering as ever but leaving no trace: what it would write it does not write.
   */
  public Script peeking() {
    return of("peek " + name, read(Script.class, "peek.lua") + text);
  }

  private static Script of(String name, String text) {
    return new Script(name, text, sha1(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String read(Class<?> owner, String resource) {
    try (InputStream file = owner.getResourceAsStream(resource)) {
      if (file == null) {
        throw new IllegalArgumentException("no " + resource + " beside " + owner.getName());
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
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
