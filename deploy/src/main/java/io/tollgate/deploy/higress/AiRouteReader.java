package io.tollgate.deploy.higress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an AI route as the console keeps it. */
final class AiRouteReader {
  private static final String EQUAL = "EQUAL";

  private AiRouteReader() {}

  static Site read(Source route) {
    String name = route.at("name").text();
    route.at("version");
    route.leaveOut("customConfigs", "Tollgate has no such settings on a route");
    route.leaveOut("customLabels", "Tollgate has no labels on a route");
    Site site =
        new Site(
            name,
            "ai-route-" + name + ".internal",
            route.at("domains").texts(),
            path(route.at("pathPredicate")),
            headers(route),
            models(route),
            upstreams(route.at("upstreams")),
            fallback(route.at("fallbackConfig")),
            allow(route.at("authConfig")),
            route.place());
    for (Source condition : route.at("urlParamPredicates").list()) {
      condition.leftOut(
          "routes of Tollgate have no conditions on query parameters; the route"
              + " takes requests without it, too");
    }
    route.leaveOutOthers("an AI route");
    return site;
  }

  private static String path(Source predicate) {
    String type = predicate.at("matchType").text();
    String value = predicate.at("matchValue").text();
    if (predicate.isAbsent() || value.isBlank()) {
      return Site.ANY_PATH;
    }
    if (type.equals("REGULAR")) {
      predicate.toDo(
          "a regular expression for the path: Tollgate has path prefixes only; the route takes"
              + " every path; write its path_prefix");
      return Site.ANY_PATH;
    }
    if (type.equals(EQUAL)) {
      predicate.changed(
          "an exact path; in Tollgate it is a prefix, so that what is below it is" + " taken, too");
    }
    return value.startsWith("/") ? value : "/" + value;
  }

  private static Map<String, String> headers(Source route) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Source header : route.at("headerPredicates").list()) {
      if (header.at("matchType").text().equals(EQUAL)) {
        headers.put(
            header.at("key").text().toLowerCase(Locale.ROOT), header.at("matchValue").text());
      } else {
        header.leftOut(
            "a condition on a header that is not an exact value, of which Tollgate has"
                + " none; the route takes requests without it, too");
      }
    }
    return headers;
  }

  private static List<String> models(Source route) {
    List<String> models = new ArrayList<>();
    for (Source predicate : route.at("modelPredicates").list()) {
      ModelPattern.of(predicate.at("matchType").text(), predicate.at("matchValue").text())
          .ifPresentOrElse(
              models::addAll,
              () ->
                  predicate.toDo(
                      "an expression that is no list of names and prefixes; write the route's"
                          + " models (exact, or prefix*)"));
    }
    Source prefix = route.at("modelPredicate"); // as the console wrote it up to 2.0
    if (prefix.at("enabled").flag(false)) {
      models.add(prefix.at("prefix").text() + "/*");
    }
    return models;
  }

  private static List<Site.Upstream> upstreams(Source list) {
    List<Site.Upstream> upstreams = new ArrayList<>();
    for (Source entry : list.list()) {
      upstreams.add(
          new Site.Upstream(
              entry.at("provider").text(),
              entry.at("weight").node().asInt(1),
              ModelMapping.of(entry.at("modelMapping"))));
    }
    return upstreams;
  }

  private static Site.@Nullable Fallback fallback(Source config) {
    if (!config.at("enabled").flag(false)) {
      return null;
    }
    List<Site.Upstream> upstreams = upstreams(config.at("upstreams"));
    if (config.at("fallbackStrategy").text().equals("RAND") && upstreams.size() > 1) {
      config.changed("the fallback was chosen at random; Tollgate tries them in their order");
    }
    List<String> on = new ArrayList<>(List.of("connect", "timeout"));
    List<String> codes = config.at("responseCodes").texts();
    on.addAll(codes.isEmpty() ? List.of("4xx", "5xx") : codes);
    config.changed(
        "a refusal of Tollgate itself never starts the fallback, as Higress's did; and"
            + " what the fallback answers is limited and paid for");
    return new Site.Fallback(upstreams, on);
  }

  private static @Nullable List<String> allow(Source auth) {
    return auth.at("enabled").flag(false) ? auth.at("allowedConsumers").texts() : null;
  }
}
