package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.proxy.demo.DemoCall.Embedding;

/** Reads the requests that ask for vectors. */
final class EmbeddingReader {
  static final int DEFAULT_DIMENSIONS = 256;
  private static final int MAX_DIMENSIONS = 3072;

  private EmbeddingReader() {}

  static Embedding read(CallFields fields) {
    Inputs inputs = Inputs.read(fields, "input");
    int dimensions = fields.integer("dimensions", MAX_DIMENSIONS, DEFAULT_DIMENSIONS);
    return new Embedding(
        fields.model(), inputs.prompt(), inputs.values(), dimensions, base64(fields));
  }

  private static boolean base64(CallFields fields) {
    JsonNode format = fields.get("encoding_format");
    String name = CallFields.absent(format) ? "float" : format.asText();
    if (!name.equals("float") && !name.equals("base64")) {
      fields.refuse("encoding_format", "encoding_format: allowed is float or base64");
    }
    return name.equals("base64");
  }
}
