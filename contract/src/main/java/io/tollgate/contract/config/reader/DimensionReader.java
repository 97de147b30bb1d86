package io.tollgate.contract.config.reader;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code limit_by}: the values of a request that each have a counter or budget of their own,
 * together.
 */
final class DimensionReader {
  static final String ALLOWED =
      "consumer, model, route, provider, ip, label:<name>, header:<name>, param:<name>,"
          + " cookie:<name>, or a list of these";

  private static final int MOST = 6;
  private static final List<String> WORDS = List.of("consumer", "model", "route", "provider", "ip");

  /** A comma stands between dimensions, so that no name may have one. */
  private static final Pattern PARAMETER = Pattern.compile("[^\\s\\p{Cntrl}{}\",]{1,128}");

  private static final Map<String, Pattern> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put("label:", LabelReader.NAME);
    NAMED.put("header:", RouteAuthReader.TOKEN);
    NAMED.put("param:", PARAMETER);
    NAMED.put("cookie:", RouteAuthReader.TOKEN);
  }

  private final KnownNames known;

  DimensionReader(KnownNames known) {
    this.known = known;
  }

  /** At least one, each once; names of headers in lower case. */
  List<String> read(Value value) {
    List<String> dimensions = new ArrayList<>();
    for (Value entry : value.oneOrMore(ALLOWED)) {
      String dimension = dimension(entry);
      if (dimensions.contains(dimension)) {
        entry.fault(dimension + " a second time", "each of them once");
      } else if (!dimension.isEmpty()) {
        dimensions.add(dimension);
      }
    }
    if (value.node().isArray() && value.node().isEmpty()) {
      value.fault(ALLOWED);
    }
    if (dimensions.size() > MOST) {
      value.fault(dimensions.size() + " entries", "at most " + MOST);
    }
    return dimensions;
  }

  /** Whether it takes authentication to know the value. */
  static boolean needsIdentity(String dimension) {
    return dimension.equals("consumer") || dimension.startsWith("label:");
  }

  private String dimension(Value value) {
    String text = value.text(ALLOWED);
    if (text.isBlank() || WORDS.contains(text)) {
      return text.strip();
    }
    String kind = text.substring(0, text.indexOf(':') + 1);
    Pattern form = NAMED.get(kind);
    String name = text.substring(kind.length());
    if (form == null || !form.matcher(name).matches()) {
      value.fault(ALLOWED + Spelling.didYouMean(text, WORDS));
      return "";
    }
    if (kind.equals("label:")) {
      LabelReader.checkKnown(value, name, known.labels());
    }
    return kind.equals("header:") ? text.toLowerCase(Locale.ROOT) : text;
  }
}
