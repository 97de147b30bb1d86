package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One place in the tree, which may be empty. The methods that take an {@code orElse} allow it to
 * be; the others report a fault and return something harmless, so that reading goes on.
 */
record Value(JsonNode node, String path, Faults faults) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,12}(\\.\\d{1,12})?");
  private static final int LONGEST_QUOTE = 80;

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean isAbsent() {
    return node.isMissingNode();
  }

  /** Reports what is here as a fault. */
  void fault(String allowed) {
    fault(found(), allowed);
  }

  void fault(String found, String allowed) {
    if (!isIncomplete()) {
      faults.add(path, found, allowed);
    }
  }

  /** Reports what is hardly meant, but works. */
  void warn(String text) {
    faults.warn(path, text);
  }

  /** Whether an environment variable is missing, which has been reported already. */
  private boolean isIncomplete() {
    return node instanceof EnvironmentText text && !text.isComplete();
  }

  /** What is here, in words that may be printed. */
  String found() {
    if (node instanceof EnvironmentText text) {
      return text.origin();
    }
    return switch (node.getNodeType()) {
      case MISSING -> "nothing";
      case NULL -> "an empty value";
      case STRING -> quote(node.textValue());
      case ARRAY -> node.isEmpty() ? "an empty list" : "a list";
      case OBJECT -> "a section";
      case NUMBER, BOOLEAN -> node.asText();
      case BINARY, POJO -> "something else";
    };
  }

  static String quote(String text) {
    return '"'
        + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text)
        + '"';
  }

  /** A text that is not blank. */
  String text(String allowed) {
    if (!node.isTextual()) {
      String found =
          node.isNumber() || node.isBoolean() ? node.asText() + " without quotes" : found();
      fault(found, allowed + (node.isNumber() || node.isBoolean() ? ", in quotes" : ""));
      return "";
    }
    if (node.textValue().isBlank()) {
      fault(allowed);
    }
    return node.textValue();
  }

  String text(String allowed, String orElse) {
    return isAbsent() ? orElse : text(allowed);
  }

  /** A text of a certain form. */
  String text(Pattern form, String allowed) {
    String text = text(allowed);
    if (!text.isBlank() && !form.matcher(text).matches()) {
      fault(allowed);
    }
    return text;
  }

  /** A text that is never printed. */
  String secret(String allowed) {
    if (!node.isTextual()) {
      fault(
          node.isNumber() || node.isBoolean() ? "a " + kind() + " without quotes" : found(),
          allowed + ", in quotes");
      return "";
    }
    String text = node.textValue();
    if (!isIncomplete()) {
      faults.secret(text);
    }
    if (text.isBlank()) {
      fault(allowed);
    }
    return text;
  }

  private String kind() {
    return node.isNumber() ? "number" : "true or false";
  }

  long number(long least, long most) {
    String allowed = "a whole number from " + least + " to " + most;
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return inRange(node.longValue(), least, most, allowed);
    }
    if (node instanceof EnvironmentText text && text.textValue().matches("-?\\d{1,18}")) {
      return inRange(Long.parseLong(text.textValue()), least, most, allowed);
    }
    fault(allowed + (node.isTextual() ? ", without quotes" : ""));
    return least;
  }

  private long inRange(long number, long least, long most, String allowed) {
    if (number < least || number > most) {
      fault(allowed);
      return least;
    }
    return number;
  }

  int number(int least, int most, int orElse) {
    return isAbsent() ? orElse : Math.toIntExact(number(least, most));
  }

  /** A number that need not be whole. */
  double decimal(double least, double most, double orElse) {
    if (isAbsent()) {
      return orElse;
    }
    double number = Double.NaN;
    if (node.isNumber()) {
      number = node.doubleValue();
    } else if (node instanceof EnvironmentText text
        && DECIMAL.matcher(text.textValue()).matches()) {
      number = Double.parseDouble(text.textValue());
    }
    if (number >= least && number <= most) {
      return number;
    }
    fault("a number from " + show(least) + " to " + show(most));
    return orElse;
  }

  private static String show(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  boolean flag(boolean orElse) {
    if (isAbsent() || node.isBoolean()) {
      return node.asBoolean(orElse);
    }
    if (node instanceof EnvironmentText text && text.textValue().matches("true|false")) {
      return Boolean.parseBoolean(text.textValue());
    }
    fault("true or false");
    return orElse;
  }

  Duration duration(Duration least, Duration most, Duration orElse) {
    if (isAbsent()) {
      return orElse;
    }
    String allowed =
        "a time from "
            + Durations.show(least)
            + " to "
            + Durations.show(most)
            + ", such as 500ms, 30s, 2m or 1h";
    Matcher form = DURATION.matcher(node.asText());
    if (!node.isTextual() || !form.matches()) {
      fault(allowed);
      return orElse;
    }
    Duration duration = Durations.of(Long.parseLong(form.group(1)), form.group(2));
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      fault(allowed);
      return orElse;
    }
    return duration;
  }

  /** One of several words. */
  <T> T choice(Map<String, T> words, T orElse) {
    if (isAbsent()) {
      return orElse;
    }
    T chosen = node.isTextual() ? words.get(node.textValue()) : null;
    if (chosen == null) {
      fault(
          words.keySet().stream().collect(Collectors.joining(", "))
              + Spelling.didYouMean(node.asText(), words.keySet()));
      return orElse;
    }
    return chosen;
  }

  /** The entries of a list. */
  List<Value> list(String allowed) {
    if (!node.isArray()) {
      fault(allowed);
      return List.of();
    }
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      values.add(new Value(node.get(i), path + "[" + i + "]", faults));
    }
    return values;
  }

  List<Value> list(String allowed, List<Value> orElse) {
    return isAbsent() ? orElse : list(allowed);
  }

  /** The entries of a list, or what stands here in place of a list of one; none when absent. */
  List<Value> oneOrMore(String allowed) {
    if (isAbsent()) {
      return List.of();
    }
    return node.isArray() ? list(allowed) : List.of(this);
  }

  /** What a section with keys of the user's own choice holds, in the file's order. */
  Map<String, Value> entries(String allowed) {
    if (isAbsent()) {
      return Map.of();
    }
    if (!node.isObject()) {
      fault(allowed);
      return Map.of();
    }
    Map<String, Value> entries = new LinkedHashMap<>();
    node.properties()
        .forEach(
            property ->
                entries.put(
                    property.getKey(),
                    new Value(property.getValue(), join(path, property.getKey()), faults)));
    return entries;
  }
}
