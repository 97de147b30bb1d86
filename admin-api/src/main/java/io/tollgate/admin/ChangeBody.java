package io.tollgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of a change of a balance.
 *
 * @param tokens what the field that was asked for says
 * @param reason null when nobody gave one
 * @param expiresAtMillis of a grant, since the epoch; null for never
 */
record ChangeBody(long tokens, @Nullable String reason, @Nullable Long expiresAtMillis) {
  private static final Pattern REASON = Pattern.compile("[^\\p{Cntrl}]{1,500}");
  private static final String REASON_ALLOWED =
      "a text of 1 to 500 characters, without control characters";
  private static final String EXPIRES_AT = "expires_at";
  private static final String INSTANT =
      "a time with its offset, such as 2026-12-01T00:00:00Z, or nothing";

  /**
   * @param field of the tokens; with the reason the only one allowed
   */
  static Checked<ChangeBody> change(byte[] body, String field) {
    return JsonBody.tree(body)
        .then(tree -> fields(tree, List.of(field, "reason"), shape(field, "")))
        .then(tree -> read(tree, field, Long.MIN_VALUE));
  }

  /** Of tokens that are above zero, and that may expire. */
  static Checked<ChangeBody> grant(byte[] body) {
    return JsonBody.tree(body)
        .then(
            tree ->
                fields(
                    tree,
                    List.of("tokens", "reason", EXPIRES_AT),
                    shape("tokens", ", \"expires_at\": \"2026-12-01T00:00:00Z\"")))
        .then(tree -> read(tree, "tokens", 1));
  }

  private static String shape(String field, String more) {
    return "{\"" + field + "\": N" + more + ", \"reason\": \"…\"}";
  }

  private static Checked<JsonNode> fields(JsonNode tree, List<String> known, String shape) {
    if (!tree.isObject()) {
      return unacceptable("body", tree.toString(), "an object, " + shape);
    }
    List<String> names = new ArrayList<>();
    tree.fieldNames().forEachRemaining(names::add);
    names.removeAll(known);
    return names.isEmpty()
        ? new Checked.Good<>(tree)
        : unacceptable(names.getFirst(), "an unknown field", "only " + shape);
  }

  private static Checked<ChangeBody> read(JsonNode tree, String field, long least) {
    return integer(tree, field, least)
        .then(
            tokens ->
                reason(tree.get("reason"))
                    .then(
                        reason ->
                            instant(tree.get(EXPIRES_AT))
                                .then(
                                    expiry ->
                                        new Checked.Good<>(
                                            new ChangeBody(
                                                tokens,
                                                reason.isEmpty() ? null : reason,
                                                expiry == 0 ? null : expiry)))));
  }

  private static Checked<Long> integer(JsonNode tree, String field, long least) {
    String allowed = "an integer from " + least + " to " + Long.MAX_VALUE;
    JsonNode value = tree.get(field);
    if (value == null) {
      return unacceptable(field, "nothing", allowed);
    }
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= least
        ? new Checked.Good<>(value.longValue())
        : unacceptable(field, value.toString(), allowed);
  }

  /** Empty when there is none. */
  private static Checked<String> reason(@Nullable JsonNode value) {
    if (value == null) {
      return new Checked.Good<>("");
    }
    return value.isTextual() && REASON.matcher(value.textValue()).matches()
        ? new Checked.Good<>(value.textValue())
        : unacceptable("reason", value.toString(), REASON_ALLOWED);
  }

  /** Zero when there is none. */
  private static Checked<Long> instant(@Nullable JsonNode value) {
    if (value == null) {
      return new Checked.Good<>(0L);
    }
    try {
      long millis = OffsetDateTime.parse(value.asText()).toInstant().toEpochMilli();
      if (millis > 0) {
        return new Checked.Good<>(millis);
      }
    } catch (DateTimeException e) {
      // Falls through: no time is as wrong as one before there were any.
    }
    return unacceptable(EXPIRES_AT, value.toString(), INSTANT);
  }

  private static <T> Checked<T> unacceptable(String field, String found, String allowed) {
    return new Checked.Bad<>(Problem.unacceptable(field, found, allowed));
  }
}
