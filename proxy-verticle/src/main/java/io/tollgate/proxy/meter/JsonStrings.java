package io.tollgate.proxy.meter;

import java.nio.charset.StandardCharsets;

/** The text of JSON strings, from their bytes between the quotes. */
final class JsonStrings {
  private JsonStrings() {}

  /** Whatever is cut off at the end, within an escape or a character, is left out. */
  static String decode(byte[] bytes, int from, int to) {
    String raw = new String(bytes, from, wholeEnd(bytes, from, to) - from, StandardCharsets.UTF_8);
    return raw.indexOf('\\') < 0 ? raw : unescape(raw);
  }

  /** Before a character of several bytes of which some are missing. */
  private static int wholeEnd(byte[] bytes, int from, int to) {
    int start = to - 1;
    while (start > from && (bytes[start] & 0xC0) == 0x80) {
      start--;
    }
    if (start < from || bytes[start] >= 0) {
      return to;
    }
    int wanted = Integer.numberOfLeadingZeros(~(bytes[start] << 24));
    return to - start < wanted ? start : to;
  }

  private static String unescape(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        text.append(c);
      } else if (i < raw.length()) {
        char escaped = raw.charAt(i++);
        if (escaped == 'u') {
          i = appendCodeUnit(raw, i, text);
        } else {
          text.append(meant(escaped));
        }
      }
    }
    return text.toString();
  }

  private static int appendCodeUnit(String raw, int from, StringBuilder text) {
    int to = from + 4;
    if (to > raw.length()) {
      return raw.length();
    }
    int unit = 0;
    for (int i = from; i < to; i++) {
      unit = (unit << 4) | Math.max(0, Character.digit(raw.charAt(i), 16));
    }
    text.append((char) unit);
    return to;
  }

  private static char meant(char escaped) {
    return switch (escaped) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> escaped;
    };
  }
}
