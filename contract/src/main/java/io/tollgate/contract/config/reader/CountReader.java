package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.tokens.Count;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code count}: which tokens of a request a limit or quota counts. */
final class CountReader {
  private static final int HEAVIEST = 1000;
  private static final Map<String, Count> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put("total", Count.TOTAL);
    WORDS.put("input", Count.INPUT);
    WORDS.put("output", Count.OUTPUT);
  }

  private CountReader() {}

  /** A word, or weights; a weight that is not given is that of {@code total}. */
  static Count read(Value value, Count orElse) {
    if (value.isAbsent()) {
      return orElse;
    }
    if (value.node().isObject()) {
      return weights(value);
    }
    if (!value.node().isTextual() || !WORDS.containsKey(value.node().textValue())) {
      value.fault(
          String.join(", ", WORDS.keySet())
              + ", or weights such as { input: 1, output: 4, cached: 0.1, reasoning: 1 }"
              + Spelling.didYouMean(value.node().asText(), WORDS.keySet()));
      return orElse;
    }
    return WORDS.getOrDefault(value.node().textValue(), orElse);
  }

  private static Count weights(Value value) {
    try (Section weights = Section.required(value, "weights")) {
      double input = weight(weights.value("input"), 1);
      double output = weight(weights.value("output"), 1);
      double cached = weight(weights.value("cached"), input);
      double reasoning = weight(weights.value("reasoning"), output);
      if (input == 0 && output == 0 && cached == 0 && reasoning == 0) {
        value.fault("weights that are all 0", "at least one weight above 0");
        return Count.TOTAL;
      }
      return new Count(0, input, output, cached, reasoning);
    }
  }

  private static double weight(Value value, double orElse) {
    if (value.isAbsent()) {
      return orElse;
    }
    JsonNode node = value.node();
    BigDecimal weight = node.isNumber() ? node.decimalValue() : BigDecimal.ONE.negate();
    if (weight.signum() < 0 || weight.compareTo(BigDecimal.valueOf(HEAVIEST)) > 0) {
      value.fault("a number from 0 to " + HEAVIEST);
      return orElse;
    }
    return weight.doubleValue();
  }
}
