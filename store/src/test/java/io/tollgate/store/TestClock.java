package io.tollgate.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Scripts by a clock that a test moves, for one server. What time it is stands at {@link #KEY}, in
 * ms; keys that the scripts let expire do so by it.
 */
public final class TestClock {
  public static final String KEY = "test:clock";

  private static final String PRELUDE = prelude();

  private TestClock() {}

  /** The same script by that clock. */
  public static Script by(Script script) {
    String text = PRELUDE + script.text();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return new Script(script.name(), text, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private static String prelude() {
    try (InputStream file = TestClock.class.getResourceAsStream("clock.lua")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
