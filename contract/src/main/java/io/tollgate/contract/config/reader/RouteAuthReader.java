package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.RouteAuth;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code auth} of a route. */
final class RouteAuthReader {
  static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");

  private final Set<String> consumers;

  RouteAuthReader(Set<String> consumers) {
    this.consumers = consumers;
  }

  @Nullable RouteAuth read(Value value) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section auth = Section.optional(value)) {
      List<String> headers = headers(auth.value("in_header"));
      List<String> parameters = parameters(auth.value("in_query"));
      if (headers.isEmpty() && parameters.isEmpty() && value.node().isObject()) {
        auth.fault(
            "neither a header nor a parameter to look for a key in", "in_header: [x-api-key]");
      }
      return new RouteAuth(headers, parameters, allow(auth.value("allow")));
    }
  }

  private static List<String> headers(Value value) {
    if (value.isAbsent()) {
      return List.of("x-api-key", "authorization");
    }
    return value.list("a list of header names").stream()
        .map(header -> header.text(TOKEN, "the name of a header").toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  private static List<String> parameters(Value value) {
    return value.list("a list of parameter names", List.of()).stream()
        .map(parameter -> parameter.text("the name of a query parameter"))
        .distinct()
        .toList();
  }

  private List<String> allow(Value value) {
    if (value.isAbsent()) {
      return List.copyOf(consumers);
    }
    List<String> allowed =
        value.list("a list of consumers").stream()
            .map(name -> Names.refer(name, "consumer", consumers))
            .distinct()
            .toList();
    if (value.node().isArray() && allowed.isEmpty()) {
      value.fault(
          "an empty list, so that nobody may use the route",
          "at least one consumer; without allow, every consumer may");
    }
    return allowed;
  }
}
