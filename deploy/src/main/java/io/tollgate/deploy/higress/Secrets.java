package io.tollgate.deploy.higress;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes secrets into the result: as references to the environment where that is possible. */
final class Secrets {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?}");
  private static final Pattern PLAIN_REFERENCE = Pattern.compile("\\$([A-Z_][A-Z0-9_]*)");

  /** Higress's own reference to a Kubernetes Secret. */
  private static final Pattern KUBERNETES = Pattern.compile("\\$\\{secret\\.([^}]+)}");

  private final boolean fromEnvironment;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();

  Secrets(boolean fromEnvironment) {
    this.fromEnvironment = fromEnvironment;
  }

  /** The environment variables that were written, with what each stands for. */
  Map<String, String> variables() {
    return variables;
  }

  /**
   * What to write in place of a secret.
   *
   * @param secret as Higress has it
   * @param at where it stands, for notes
   * @param suggestion a variable's name, should one be needed
   */
  String write(String secret, Source at, String suggestion) {
    Matcher reference = REFERENCE.matcher(secret);
    if (reference.matches()) {
      variables.putIfAbsent(reference.group(1), "as before, for " + at.place());
      return secret;
    }
    Matcher plain = PLAIN_REFERENCE.matcher(secret);
    if (plain.matches()) {
      return variable(plain.group(1), secret, "as before, for " + at.place());
    }
    Matcher kubernetes = KUBERNETES.matcher(secret);
    if (kubernetes.matches()) {
      return variable(kubernetes.group(1), secret, "the Kubernetes Secret " + kubernetes.group(1));
    }
    if (fromEnvironment) {
      return variable(suggestion, secret, "what stands at " + at.place());
    }
    at.changed(
        "stands in clear in the result, as it did before; --secrets env writes references"
            + " to the environment instead");
    return literal(secret);
  }

  /** A reference in place of a secret that is not in the files. */
  String missing(String suggestion, Source at) {
    return variable(suggestion, suggestion, "what is missing at " + at.place());
  }

  /** A text that is to mean itself: a dollar and a brace in it are no reference. */
  static String literal(String text) {
    return text.replace("${", "$${");
  }

  private String variable(String suggestion, String secret, String meaning) {
    String known = names.get(secret);
    if (known == null) {
      String base = suggestion.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]+", "_");
      String name = base.matches("\\d.*") ? "_" + base : base;
      for (int i = 2; variables.containsKey(name); i++) {
        name = base + "_" + i;
      }
      variables.put(name, meaning);
      names.put(secret, name);
      known = name;
    }
    return "${" + known + "}";
  }
}
