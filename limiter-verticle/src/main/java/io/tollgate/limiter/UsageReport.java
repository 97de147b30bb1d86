package io.tollgate.limiter;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The body of an update. What is not said counts as zero.
 *
 * @param requestId empty when the caller does not identify the request
 */
record UsageReport(
    List<String> keys,
    String requestId,
    long promptTokens,
    long completionTokens,
    long totalTokens) {

  static UsageReport read(Buffer body) throws AsmFault {
    JsonObject json;
    try {
      json = new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      throw AsmFault.malformed("the body: allowed is a JSON object");
    }
    Object id = json.getValue("request_id");
    if (id != null && !(id instanceof String)) {
      throw AsmFault.malformed("request_id: allowed is a text");
    }
    return new UsageReport(
        AsmKeys.ofBody(json.getValue("ratelimit_keys")),
        id == null ? "" : AsmKeys.requestId((String) id),
        tokens(json, "prompt_tokens"),
        tokens(json, "completion_tokens"),
        tokens(json, "total_tokens"));
  }

  private static long tokens(JsonObject json, String name) throws AsmFault {
    Object value = json.getValue(name);
    if (value == null) {
      return 0;
    }
    long tokens =
        value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
    if (tokens < 0) {
      throw AsmFault.malformed(name + ": allowed is a whole number, 0 or more");
    }
    return tokens;
  }
}
