package io.tollgate.proxy.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Headers by which gateways tell one another who is calling: a client may not send them. */
public final class IdentityHeaders {
  /** Names the consumer to rules; only ever what authentication found. */
  public static final String CONSUMER = "x-mse-consumer";

  /** Names the model of a request whose body names none. */
  public static final String MODEL = "x-higress-llm-model";

  private static final String ORIGINAL_AUTH = "x-hi-original-auth";
  private static final String HIGRESS = "x-higress-";

  private IdentityHeaders() {}

  /**
   * Removes them all.
   *
   * @return the model that the client named in a header; null when it did not
   */
  public static @Nullable String strip(MultiMap headers) {
    String model = headers.get(MODEL);
    List<String> forged = new ArrayList<>(0);
    for (Map.Entry<String, String> header : headers) {
      if (isForged(header.getKey())) {
        forged.add(header.getKey());
      }
    }
    forged.forEach(headers::remove);
    return model == null || model.isBlank() ? null : model.strip();
  }

  private static boolean isForged(String name) {
    return name.equalsIgnoreCase(CONSUMER)
        || name.equalsIgnoreCase(ORIGINAL_AUTH)
        || name.regionMatches(true, 0, HIGRESS, 0, HIGRESS.length());
  }
}
