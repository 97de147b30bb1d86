package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * A request that is not answered.
 *
 * @param param the field at fault, if it is one
 */
record DemoRefusal(
    int status, String type, String message, @Nullable String param, @Nullable String code)
    implements DemoReading {
  static DemoRefusal invalid(@Nullable String param, String message) {
    return new DemoRefusal(400, "invalid_request_error", message, param, null);
  }

  static DemoRefusal wrongMethod(HttpMethod method) {
    String message = "Not allowed to " + method + " this URL";
    return new DemoRefusal(405, "invalid_request_error", message, null, "method_not_supported");
  }

  static DemoRefusal unknownPath(HttpMethod method, String path) {
    String message = "Unknown request URL: " + method + " " + path;
    return new DemoRefusal(404, "invalid_request_error", message, null, "unknown_url");
  }

  static DemoRefusal tooLarge(int maxBytes) {
    String message = "The body is larger than " + maxBytes + " bytes";
    return new DemoRefusal(413, "invalid_request_error", message, null, "request_too_large");
  }

  /** The error that a request asked for. */
  static DemoRefusal ordered(int status) {
    String type = status < 500 ? "invalid_request_error" : "server_error";
    String message = "This error was ordered from the simulated provider";
    return new DemoRefusal(status, type, message, null, "ordered_fault");
  }

  static DemoRefusal broken() {
    String message = "The simulated provider failed";
    return new DemoRefusal(500, "server_error", message, null, null);
  }

  /** In Anthropic's shape, which has words of its own for some kinds of error. */
  ObjectNode anthropicBody() {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", "error");
    body.putObject("error").put("type", anthropicType()).put("message", message);
    return body;
  }

  private String anthropicType() {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }

  /** In OpenAI's shape. */
  ObjectNode body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error")
        .put("message", message)
        .put("type", type)
        .put("param", param)
        .put("code", code);
    return body;
  }
}
