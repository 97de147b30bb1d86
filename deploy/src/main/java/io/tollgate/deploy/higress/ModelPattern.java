package io.tollgate.deploy.higress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A condition on a model's name, in Tollgate's way: exact, or {@code prefix*}. */
final class ModelPattern {
  /**
   * What the console writes when it is given several models: names, some with {@code .*} behind.
   */
  private static final Pattern NAME =
      Pattern.compile("\\^?((?:[\\w:/-]|\\\\?\\.|\\\\-)+?)(\\.\\*)?\\$?");

  private ModelPattern() {}

  /**
   * Empty when Tollgate has no pattern that means the same.
   *
   * @param type {@code EQUAL}, {@code PRE} or {@code REGULAR}
   */
  static Optional<List<String>> of(String type, String value) {
    return switch (type) {
      case "EQUAL" -> Optional.of(List.of(value));
      case "PRE" -> Optional.of(List.of(value.endsWith("*") ? value : value + "*"));
      case "REGULAR" -> alternatives(value);
      default -> Optional.empty();
    };
  }

  private static Optional<List<String>> alternatives(String expression) {
    List<String> patterns = new ArrayList<>();
    for (String one : expression.split("\\|", -1)) {
      Matcher name = NAME.matcher(one);
      if (!name.matches()) {
        return Optional.empty();
      }
      patterns.add(name.group(1).replace("\\", "") + (name.group(2) == null ? "" : "*"));
    }
    return Optional.of(patterns);
  }
}
