package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.proxy.demo.DemoCall.Prompt;
import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of a completion or embedding: a string, strings, token ids, or arrays of token ids.
 *
 * @param values one for each input; of token ids, their decimal form
 */
record Inputs(Prompt prompt, List<String> values) {
  private static final int MAX_INPUTS = 2048;

  static Inputs read(CallFields fields, String field) {
    JsonNode input = fields.get(field);
    List<String> values = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    int tokenIds = 0;
    boolean understood = true;
    for (JsonNode one : isSingle(input) ? List.of(input) : input) {
      values.add(one.isTextual() ? one.textValue() : one.toString());
      if (one.isTextual()) {
        texts.add(one.textValue());
      } else if (isTokenIds(one)) {
        tokenIds += one.size();
      } else {
        understood = false;
      }
    }
    if (!understood || values.isEmpty() || values.size() > MAX_INPUTS) {
      fields.refuse(
          field, input, "a string, token ids, or an array of up to " + MAX_INPUTS + " of either");
    }
    return new Inputs(new Prompt(texts, tokenIds), values);
  }

  private static boolean isSingle(JsonNode input) {
    return input.isTextual() || isTokenIds(input);
  }

  private static boolean isTokenIds(JsonNode input) {
    if (!input.isArray() || input.isEmpty()) {
      return false;
    }
    for (JsonNode id : input) {
      if (!id.isInt()) {
        return false;
      }
    }
    return true;
  }
}
