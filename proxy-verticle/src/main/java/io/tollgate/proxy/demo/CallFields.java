package io.tollgate.proxy.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of one request, checked as they are read. The first fault is the one reported. */
final class CallFields {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final JsonNode body;
  private @Nullable DemoRefusal refusal;

  private CallFields(JsonNode body) {
    this.body = body;
  }

  /** Parses a body and reads it; what the reader makes of a faulty one is thrown away. */
  static DemoReading read(Buffer bytes, Function<CallFields, DemoCall> reader) {
    JsonNode tree;
    try {
      tree = JSON.readTree(bytes.getBytes());
    } catch (JsonProcessingException e) {
      return DemoRefusal.invalid(null, "The body is not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      return DemoRefusal.invalid(null, "The body is not valid JSON in UTF-8");
    }
    if (!tree.isObject()) {
      return DemoRefusal.invalid(null, "The body must be one JSON object");
    }
    CallFields fields = new CallFields(tree);
    DemoCall call = reader.apply(fields);
    return fields.refusal == null ? call : fields.refusal;
  }

  /** The value; a missing node when there is none. */
  JsonNode get(String field) {
    return body.path(field);
  }

  void refuse(String field, String message) {
    if (refusal == null) {
      refusal = DemoRefusal.invalid(field, message);
    }
  }

  /** Reports a value of the wrong kind. */
  void refuse(String field, JsonNode found, String allowed) {
    String kind =
        found.isMissingNode() ? "nothing" : found.getNodeType().name().toLowerCase(Locale.ROOT);
    refuse(field, "%s: found %s, allowed is %s".formatted(field, kind, allowed));
  }

  String model() {
    JsonNode model = get("model");
    if (!model.isTextual() || model.textValue().isEmpty()) {
      refuse("model", model, "a model's name");
    }
    return model.asText();
  }

  boolean flag(String field, JsonNode value) {
    if (!absent(value) && !value.isBoolean()) {
      refuse(field, value, "true or false");
    }
    return value.asBoolean();
  }

  int integer(String field, int most, int absentValue) {
    JsonNode value = get(field);
    if (absent(value)) {
      return absentValue;
    }
    if (!value.isInt() || value.intValue() < 1 || value.intValue() > most) {
      refuse(field, "%s: allowed is an integer from 1 to %d".formatted(field, most));
    }
    return value.intValue();
  }

  static boolean absent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }
}
