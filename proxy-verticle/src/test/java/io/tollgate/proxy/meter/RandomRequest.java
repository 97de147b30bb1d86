package io.tollgate.proxy.meter;

import java.util.ArrayList;
import java.util.List;

/**
 * A random request as the client writes it, and as it must look when its model was replaced by
 * {@code NEW} and usage was asked for.
 */
record RandomRequest(String original, String rewritten) {
  private static final String MODEL = "⟦model⟧";
  private static final String NULL_OPTIONS = "⟦options⟧";
  private static final String FLAG = "⟦flag⟧";
  private static final String IN_OPTIONS = "⟦in options⟧";
  private static final String IN_BODY = "⟦in body⟧";

  static RandomRequest of(RandomJson random) {
    List<String> members = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    if (random.chance(80)) {
      members.add(random.member("\"model\"", MODEL));
    } else {
      missing.add("\"model\":\"NEW\"");
    }
    if (random.chance(50)) {
      members.add(random.member("\"stream\"", random.one(List.of("true", "false", "null"))));
    }
    if (random.chance(50)) {
      members.add(random.member("\"prompt\"", random.string()));
    }
    boolean optionsEmpty = false;
    switch (random.upTo(4)) {
      case 0 -> missing.add("\"stream_options\":{\"include_usage\":true}");
      case 1 -> members.add(random.member("\"stream_options\"", NULL_OPTIONS));
      case 2 -> {
        List<String> options = unknown(random);
        optionsEmpty = options.isEmpty();
        String object = "{" + IN_OPTIONS + random.object(options).substring(1);
        members.add(random.member("\"stream_options\"", object));
      }
      default -> {
        List<String> options = unknown(random);
        options.add(random.member("\"include_usage\"", FLAG));
        members.add(random.member("\"stream_options\"", random.object(options)));
      }
    }
    members.addAll(unknown(random));
    String template =
        random.space() + "{" + IN_BODY + random.object(members).substring(1) + random.space();
    String inserted = String.join(",", missing);
    return new RandomRequest(
        filled(template, "\"OLD\"", "null", random.one(List.of("true", "false", "null")), "", ""),
        filled(
            template,
            "\"NEW\"",
            "{\"include_usage\":true}",
            "true",
            "\"include_usage\":true" + (optionsEmpty ? "" : ","),
            inserted + (inserted.isEmpty() || members.isEmpty() ? "" : ",")));
  }

  private static List<String> unknown(RandomJson random) {
    List<String> members = new ArrayList<>();
    for (int i = random.upTo(4); i > 0; i--) {
      members.add(random.member("\"x" + i + "\"", random.value(4)));
    }
    return members;
  }

  private static String filled(
      String template, String model, String options, String flag, String inOptions, String inBody) {
    return template
        .replace(MODEL, model)
        .replace(NULL_OPTIONS, options)
        .replace(FLAG, flag)
        .replace(IN_OPTIONS, inOptions)
        .replace(IN_BODY, inBody);
  }
}
