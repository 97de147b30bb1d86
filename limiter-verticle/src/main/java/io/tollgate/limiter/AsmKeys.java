package io.tollgate.limiter;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What callers of the ASM interface name: keys and requests. */
final class AsmKeys {
  static final int MOST = 100;

  private static final int LONGEST_ID = 200;

  private AsmKeys() {}

  /** The keys of a query; none when it has none, or something that is no list of texts. */
  static List<String> ofQuery(@Nullable String json) throws AsmFault {
    if (json == null) {
      return List.of();
    }
    try {
      return Json.decodeValue(json) instanceof JsonArray list && isTexts(list)
          ? texts(list)
          : List.of();
    } catch (DecodeException e) {
      return List.of();
    }
  }

  /** The keys of an update, where a list of something else is a fault. */
  static List<String> ofBody(@Nullable Object value) throws AsmFault {
    if (value == null) {
      return List.of();
    }
    if (value instanceof JsonArray list && isTexts(list)) {
      return texts(list);
    }
    throw AsmFault.malformed("ratelimit_keys: allowed is a list of texts");
  }

  static String requestId(String id) throws AsmFault {
    if (id.isEmpty() || id.length() > LONGEST_ID) {
      throw AsmFault.malformed(
          "request_id: allowed is a text of 1 to " + LONGEST_ID + " characters");
    }
    return id;
  }

  private static boolean isTexts(JsonArray list) {
    return list.stream().allMatch(String.class::isInstance);
  }

  private static List<String> texts(JsonArray list) throws AsmFault {
    if (list.size() > MOST) {
      throw AsmFault.malformed(
          "ratelimit_keys: found " + list.size() + " keys; allowed: at most " + MOST);
    }
    List<String> keys = new ArrayList<>(list.size());
    list.forEach(key -> keys.add((String) key));
    return keys;
  }
}
