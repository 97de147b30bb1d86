package io.tollgate.contract.config.reader;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code labels} of a consumer. */
final class LabelReader {
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final Pattern VALUE = Pattern.compile("[^\\p{Cntrl}]{1,128}");
  private static final int MOST = 20;
  private static final String NAME_ALLOWED =
      "names of letters, digits, _ and -, of at most 64 characters";

  private LabelReader() {}

  static Map<String, String> read(Value value) {
    Map<String, String> labels = new LinkedHashMap<>();
    value
        .entries("a section of name: value, such as { plan: pro, team: red }")
        .forEach(
            (name, label) -> {
              if (!NAME.matcher(name).matches()) {
                label.fault("the label name " + Value.quote(name), NAME_ALLOWED);
              }
              labels.put(name, value(label));
            });
    if (labels.size() > MOST) {
      value.fault(labels.size() + " labels", "at most " + MOST);
    }
    return labels;
  }

  static String value(Value value) {
    return value.text(VALUE, "a text of at most 128 characters");
  }

  /** Warns of a value that nobody's label has. */
  static void checkCarried(
      Value place, String name, String label, Map<String, Set<String>> labels) {
    Set<String> carried = labels.getOrDefault(name, Set.of());
    if (!carried.isEmpty() && !label.isBlank() && !carried.contains(label)) {
      place.warn(
          "no consumer's label "
              + name
              + " is "
              + Value.quote(label)
              + "; there is "
              + String.join(", ", carried)
              + Spelling.didYouMean(label, carried));
    }
  }

  /** Warns of a label that nobody has. */
  static void checkKnown(Value place, String name, Map<String, Set<String>> labels) {
    if (!NAME.matcher(name).matches()) {
      place.fault("the label name " + Value.quote(name), NAME_ALLOWED);
    } else if (!labels.containsKey(name)) {
      place.warn("no consumer has a label " + name + Spelling.didYouMean(name, labels.keySet()));
    }
  }
}
