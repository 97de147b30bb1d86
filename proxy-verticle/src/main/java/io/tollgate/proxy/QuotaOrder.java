package io.tollgate.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.proxy.http.Query;
import io.tollgate.proxy.http.Step;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a call to change a balance says, be it a form or JSON.
 *
 * @param tokens the number in the field that was asked for
 */
record QuotaOrder(String consumer, long tokens) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param field of the number of tokens
   * @return null when the consumer is missing or the number is none
   */
  static @Nullable QuotaOrder read(Buffer body, String field) {
    String text = body.toString(StandardCharsets.UTF_8).strip();
    return text.startsWith("{") ? fromJson(text, field) : fromForm(text, field);
  }

  private static @Nullable QuotaOrder fromForm(String text, String field) {
    return switch (Query.parse(text)) {
      case Step.Refused<Query> unreadable -> null;
      case Step.Next<Query> form -> of(form.value().first("consumer"), form.value().first(field));
    };
  }

  private static @Nullable QuotaOrder fromJson(String text, String field) {
    try {
      JsonNode json = JSON.readTree(text);
      return of(json.path("consumer").asText(null), json.path(field).asText(null));
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static @Nullable QuotaOrder of(@Nullable String consumer, @Nullable String tokens) {
    if (consumer == null || consumer.isBlank() || tokens == null) {
      return null;
    }
    try {
      return new QuotaOrder(consumer, Long.parseLong(tokens.strip()));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
