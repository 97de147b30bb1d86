package io.tollgate.deploy;

import io.tollgate.contract.explain.ExplainRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request written as it goes over the wire: a first line, headers, an empty line, the body. */
final class HttpText {
  private static final Pattern FIRST_LINE =
      Pattern.compile("([A-Z]+) (/\\S*)(?: HTTP/[0-9.]+)?\\r?");
  private static final Pattern LINE_END = Pattern.compile("\\r?\\n");

  private HttpText() {}

  /**
   * Empty when the text does not begin so.
   *
   * @throws StartFault when a header has no colon
   */
  static Optional<ExplainRequest> read(String name, String text) throws StartFault {
    String[] parts = text.split("\\r?\\n\\r?\\n", 2);
    String[] lines = LINE_END.split(parts[0]);
    Matcher first = FIRST_LINE.matcher(lines[0]);
    if (!first.matches()) {
      return Optional.empty();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon < 1) {
        throw new StartFault(
            name + ", line " + (i + 1) + ": a header without a colon; write name: value");
      }
      String header = lines[i].substring(0, colon).strip();
      headers.put(header, lines[i].substring(colon + 1).strip());
    }
    return Optional.of(
        new ExplainRequest(
            first.group(1),
            first.group(2),
            headers,
            parts.length == 2 ? parts[1].strip() : "",
            "127.0.0.1",
            null));
  }
}
