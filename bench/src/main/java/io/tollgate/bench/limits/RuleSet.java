package io.tollgate.bench.limits;

/** What is compared with one rule that has one fixed window: each adds one thing. */
enum RuleSet {
  ONE_RULE("", "", false),
  ONE_MORE_WINDOW("", ", \"token_per_hour\": 1000000000", false),
  ONE_MORE_RULE("", "", true),
  CALENDAR("\"time_zone\": \"Europe/Berlin\", ", "", false),
  SLIDING_WINDOW("\"algorithm\": \"sliding_window\", ", "", false),
  TOKEN_BUCKET("\"algorithm\": \"token_bucket\", ", "", false),
  LEAKY_BUCKET("\"algorithm\": \"leaky_bucket\", ", "", false),
  PENALTY(
      "\"penalty\": {\"refusals\": 10, \"per\": \"1m\", \"first\": \"30s\", \"factor\": 2,"
          + " \"longest\": \"1h\", \"forgive\": \"10m\"}, ",
      "",
      false),
  SHADOW("\"mode\": \"shadow\", ", "", false);

  private final String options;
  private final String window;
  private final boolean twice;

  RuleSet(String options, String window, boolean twice) {
    this.options = options;
    this.window = window;
    this.twice = twice;
  }

  String rules() {
    return twice ? "[" + rule("r") + ", " + rule("s") + "]" : rule("r");
  }

  private String rule(String name) {
    return """
    {"rule_name": "%s", %s"rule_items": [{"limit_by_consumer": "", "limit_keys": [
      {"key": "bench", "token_per_minute": 100000000%s}]}]}
    """
        .formatted(name, options, window);
  }
}
