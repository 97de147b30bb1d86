package io.tollgate.contract.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a request that is to be explained from a tree. */
public final class ExplainRequestReader {
  private static final Set<String> FIELDS =
      Set.of("method", "path", "headers", "body", "remote_address", "consumer");
  private static final String ALLOWED = "method, path, headers, body, remote_address, consumer";

  /** What the tree means, or what is wrong with it. */
  public sealed interface Reading {}

  /** It can be explained. */
  public record Read(ExplainRequest request) implements Reading {}

  /**
   * It can't.
   *
   * @param field where the fault is
   * @param found what is there, without anything that may be a secret
   */
  public record Faulty(String field, String found, String allowed) implements Reading {}

  private ExplainRequestReader() {}

  /**
   * @param tree an object with {@code path}, and where wanted {@code method} (else POST), {@code
   *     headers}, {@code body} (a text, or the JSON itself), {@code remote_address} and {@code
   *     consumer}
   */
  public static Reading read(JsonNode tree) {
    if (!tree.isObject()) {
      return new Faulty("request", kind(tree), "an object with " + ALLOWED);
    }
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        return new Faulty(field.getKey(), "an unknown field", ALLOWED);
      }
    }
    for (String field : new String[] {"path", "method", "remote_address", "consumer"}) {
      JsonNode value = tree.path(field);
      if (!value.isMissingNode() && !value.isTextual()) {
        return new Faulty(field, kind(value), "a text");
      }
    }
    if (!tree.path("path").asText("").startsWith("/")) {
      return new Faulty("path", kind(tree.path("path")), "a path that begins with a slash");
    }
    if (!tree.path("headers").isMissingNode() && !tree.get("headers").isObject()) {
      return new Faulty("headers", kind(tree.get("headers")), "an object of header: value");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> header : tree.path("headers").properties()) {
      if (!header.getValue().isValueNode()) {
        return new Faulty("headers." + header.getKey(), kind(header.getValue()), "a text");
      }
      headers.put(header.getKey(), header.getValue().asText());
    }
    return new Read(
        new ExplainRequest(
            tree.path("method").asText("POST").toUpperCase(Locale.ROOT),
            tree.get("path").asText(),
            headers,
            body(tree.path("body")),
            tree.path("remote_address").asText("127.0.0.1"),
            consumer(tree)));
  }

  private static String body(JsonNode body) {
    return body.isContainerNode() ? body.toString() : body.asText("");
  }

  private static @Nullable String consumer(JsonNode tree) {
    return tree.has("consumer") ? tree.get("consumer").asText() : null;
  }

  private static String kind(JsonNode node) {
    return node.isMissingNode()
        ? "nothing"
        : "a " + node.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
