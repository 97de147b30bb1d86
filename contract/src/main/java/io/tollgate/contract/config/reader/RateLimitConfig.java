package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tollgate.contract.config.LimiterHttp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The buckets of the limiter's own port: {@code rate_limit_config} as a list or as JSON, or the
 * environment's {@code RATE_LIMIT_CONFIG}, which is JSON. Where both are there the file is taken,
 * with a warning. Faults have the texts of ASM's example.
 */
final class RateLimitConfig {
  static final String VARIABLE = "RATE_LIMIT_CONFIG";

  private static final String KEY = "rate_limit_config";
  private static final String ALLOWED =
      "a list of entries with rate_limit_key_regex, fill_interval_second, tokens_per_fill,"
          + " max_tokens and redis_expired_seconds";
  private static final long MOST_SECONDS = 1_000_000_000;

  /** Larger amounts lose their last digits in Lua's numbers. */
  private static final long MOST_TOKENS = 1L << 50;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Section section;
  private final Value inFile;
  private final String variable;
  private final Set<String> expressions = new HashSet<>();

  /**
   * @param section {@code limiter_http}
   */
  RateLimitConfig(Section section, Map<String, String> environment) {
    this.section = section;
    this.inFile = section.value(KEY);
    this.variable = environment.getOrDefault(VARIABLE, "");
  }

  List<LimiterHttp.Rule> read() {
    Value entries = entries();
    List<LimiterHttp.Rule> rules = new ArrayList<>();
    for (Value entry : entries.list(ALLOWED, List.of())) {
      rules.add(rule(entry));
    }
    if (entries.node().isArray() && rules.isEmpty()) {
      entries.fault("at least one entry");
    }
    return rules;
  }

  private Value entries() {
    if (inFile.isAbsent()) {
      if (variable.isBlank()) {
        inFile.fault(VARIABLE + " is not set", ALLOWED + "; here or in the environment");
        return inFile;
      }
      return parsed(new Value(inFile.node(), VARIABLE, inFile.faults()), variable);
    }
    if (!variable.isBlank() && !variable.equals(inFile.node().textValue())) {
      section.warn(KEY + " is taken, and " + VARIABLE + " of the environment is not");
    }
    return inFile.node().isTextual() ? parsed(inFile, inFile.text("JSON")) : inFile;
  }

  private static Value parsed(Value place, String json) {
    try {
      JsonNode tree = JSON.readTree(json);
      if (tree.isArray()) {
        return new Value(tree, place.path(), place.faults());
      }
      place.fault(unmarshal("not a list"), ALLOWED + ", as JSON");
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
      place.fault(unmarshal(where + e.getOriginalMessage()), ALLOWED + ", as JSON");
    }
    return new Value(MissingNode.getInstance(), place.path(), place.faults());
  }

  private static String unmarshal(String reason) {
    return "unmarshal failed, invalid " + VARIABLE + ": " + reason.lines().findFirst().orElse("");
  }

  private LimiterHttp.Rule rule(Value value) {
    try (Section rule = Section.required(value, ALLOWED)) {
      return new LimiterHttp.Rule(
          expression(rule.value("rate_limit_key_regex")),
          rule.value("fill_interval_second").number(1, MOST_SECONDS),
          rule.value("tokens_per_fill").number(1, MOST_TOKENS),
          rule.value("max_tokens").number(1, MOST_TOKENS),
          rule.value("redis_expired_seconds").number(1, MOST_SECONDS));
    }
  }

  private String expression(Value value) {
    String expression = value.text("an RE2 expression, which is looked for anywhere in a key");
    Re2Syntax.fault(expression)
        .ifPresent(
            reason ->
                value.fault(
                    "invalid rate_limit_key_regex: " + reason + " in " + Value.quote(expression),
                    "an RE2 expression"));
    if (!expression.isEmpty() && !expressions.add(expression)) {
      value.fault(
          Value.quote(expression) + " a second time, so that this entry is never taken",
          "each expression once");
    }
    return expression;
  }
}
