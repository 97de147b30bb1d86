package io.tollgate.contract.explain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that somebody wants explained. It may carry a key and a prompt: it stays in the process
 * that it was given to and never travels on the bus.
 *
 * @param path with its query, as a client would send it
 * @param headers by name
 * @param body as text; empty for none
 * @param consumer who is taken to call, whatever keys there are; null for whoever has the key
 */
public record ExplainRequest(
    String method,
    String path,
    Map<String, String> headers,
    String body,
    String remoteAddress,
    @Nullable String consumer) {
  public ExplainRequest {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return "ExplainRequest[" + method + "]";
  }
}
