package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The entries of {@code routes}: no name twice, and none hidden behind another. */
final class RouteReader {
  private static final String ALLOWED = "a list of routes with name and upstreams";
  private static final Pattern PREFIX = Pattern.compile("/[^\\s?#*]{0,200}");
  private static final Pattern HOST =
      Pattern.compile("\\*|\\*?[A-Za-z0-9._-]{1,253}|[A-Za-z0-9._-]{1,253}\\*|\\[[0-9A-Fa-f:.]+]");

  private final Names names = new Names();
  private final Map<String, Conditions> above = new LinkedHashMap<>();
  private final UpstreamReader upstreams;
  private final FallbackReader fallback;
  private final RouteAuthReader auth;
  private final QuotaBlockReader quota;
  private final LimitBlockReader limits;

  private RouteReader(KnownNames known, StoreTable stores) {
    this.upstreams = new UpstreamReader(known.providers());
    this.fallback = new FallbackReader(upstreams);
    this.auth = new RouteAuthReader(known.consumers());
    this.quota = new QuotaBlockReader(known.consumers(), stores);
    this.limits = new LimitBlockReader(known, stores, new CounterTable());
  }

  static List<RouteConfig> readAll(Value value, KnownNames known, StoreTable stores) {
    RouteReader reader = new RouteReader(known, stores);
    List<RouteConfig> routes = new ArrayList<>();
    for (Value entry : value.list(ALLOWED)) {
      routes.add(reader.read(entry));
    }
    if (value.node().isArray() && routes.isEmpty()) {
      value.fault("at least one route");
    }
    return routes;
  }

  private RouteConfig read(Value value) {
    try (Section route = Section.required(value, "a section with name and upstreams")) {
      String name = names.define(route.value("name"));
      Value prefix = route.value("path_prefix");
      Conditions conditions =
          new Conditions(
              prefix.isAbsent() ? "/" : prefix.text(PREFIX, "a path that begins with a slash"),
              hosts(route.value("host")),
              headers(route.value("headers")),
              models(route.value("models")));
      refuseHidden(route, conditions);
      above.put(name, conditions);
      RouteAuth who = auth.read(route.value("auth"));
      return new RouteConfig(
          name,
          conditions.pathPrefix(),
          conditions.hosts(),
          conditions.headers(),
          conditions.models(),
          upstreams.read(route.value("upstreams")),
          fallback.read(route.value("fallback")),
          DisconnectReader.read(route),
          who,
          quota.read(route.value("ai-quota"), who),
          limits.readAll(route.value("ai-token-ratelimit"), who),
          LimitServiceReader.read(route.value("llm-token-ratelimit"), who));
    }
  }

  private void refuseHidden(Section route, Conditions conditions) {
    above.entrySet().stream()
        .filter(other -> other.getValue().cover(conditions))
        .findFirst()
        .ifPresent(
            other ->
                route.fault(
                    "conditions that hold only where those of route "
                        + other.getKey()
                        + " above do, so that it is never taken",
                    "a place above that route, or other path_prefix, host, headers or models"));
  }

  private static List<String> hosts(Value value) {
    return value.oneOrMore("a host or a list of hosts").stream()
        .map(
            host ->
                host.text(HOST, "a host without port, such as api.example.com or *.example.com")
                    .toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  private static Map<String, String> headers(Value value) {
    Map<String, String> headers = new LinkedHashMap<>();
    value
        .entries("a section of header: value")
        .forEach(
            (header, wanted) -> {
              if (!RouteAuthReader.TOKEN.matcher(header).matches()) {
                wanted.fault("the header name " + Value.quote(header), "the name of a header");
              }
              String lower = header.toLowerCase(Locale.ROOT);
              if (headers.put(lower, wanted.text("the exact value of the header")) != null) {
                wanted.fault("the header " + lower + " a second time", "each header once");
              }
            });
    return headers;
  }

  private static List<String> models(Value value) {
    return value.oneOrMore("a model or a list of models").stream()
        .map(
            model ->
                model.text(
                    UpstreamReader.MODEL_PATTERN,
                    "an exact name, a prefix with * at its end, or *"))
        .distinct()
        .toList();
  }
}
