package io.tollgate.deploy.higress;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads a route that stands as an Ingress: where it leads to is in its annotations. */
final class IngressReader {
  private static final String MARK = "higress.io/";
  private static final String MODEL_HEADER = "x-higress-llm-model";
  private static final Pattern HEADER = Pattern.compile("(exact|prefix|regex)-match-header-(.+)");
  private static final Pattern DESTINATION =
      Pattern.compile("(?:(\\d{1,3})%\\s+)?([A-Za-z0-9._-]+?)(?::\\d+)?(?:\\s|$)");

  private final Source ingress;
  private final String name;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final List<String> models = new ArrayList<>();
  private final List<Site.Upstream> upstreams = new ArrayList<>();

  private IngressReader(Source ingress) {
    this.ingress = ingress;
    this.name = ingress.at("metadata").at("name").text();
  }

  /** One route for each path; what the console generates for fallbacks is none of its own. */
  static List<Site> read(Source ingress) {
    IngressReader reader = new IngressReader(ingress);
    if (reader.name.endsWith(".fallback.internal")) {
      return List.of();
    }
    ingress.at("metadata").at("annotations").entries().forEach(reader::annotation);
    return reader.sites();
  }

  private List<Site> sites() {
    Map<String, Set<String>> hosts = new LinkedHashMap<>();
    for (Source rule : ingress.at("spec").at("rules").list()) {
      String host = rule.at("host").text();
      for (Source path : rule.at("http").at("paths").list()) {
        String prefix = path.at("path").text();
        hosts
            .computeIfAbsent(prefix.isBlank() ? Site.ANY_PATH : prefix, p -> new LinkedHashSet<>())
            .add(host);
      }
    }
    List<Site> sites = new ArrayList<>();
    hosts.forEach(
        (path, names) ->
            sites.add(
                new Site(
                    sites.isEmpty() ? name : name + "-" + (sites.size() + 1),
                    name,
                    names.contains("") ? List.of() : List.copyOf(names),
                    path,
                    headers,
                    models,
                    upstreams,
                    null,
                    null,
                    ingress.place())));
    return sites;
  }

  private void annotation(String key, Source value) {
    if (!key.startsWith(MARK)) {
      return;
    }
    String setting = key.substring(MARK.length());
    switch (setting) {
      case "destination" -> destination(value.text());
      case "ignore-path-case", "comment", "resource-definer" -> {}
      default -> {
        MatchResult header = HEADER.matcher(setting).results().findFirst().orElse(null);
        if (header == null) {
          value.leftOut("Tollgate has no such setting on a route");
        } else {
          condition(header.group(1), header.group(2).toLowerCase(Locale.ROOT), value);
        }
      }
    }
  }

  private void condition(String how, String header, Source value) {
    if (header.equals(MODEL_HEADER)) {
      String type = how.equals("exact") ? "EQUAL" : how.equals("prefix") ? "PRE" : "REGULAR";
      ModelPattern.of(type, value.text())
          .ifPresentOrElse(
              models::addAll,
              () ->
                  value.toDo(
                      "an expression that is no list of names and prefixes; write the route's"
                          + " models (exact, or prefix*)"));
    } else if (how.equals("exact")) {
      headers.put(header, value.text());
    } else {
      value.leftOut(
          "a condition on a header that is not an exact value, of which Tollgate has"
              + " none; the route takes requests without it, too");
    }
  }

  private void destination(String text) {
    DESTINATION
        .matcher(text.strip())
        .results()
        .forEach(
            found ->
                upstreams.add(
                    new Site.Upstream(
                        found.group(2),
                        found.group(1) == null ? 1 : Integer.parseInt(found.group(1)),
                        Map.of())));
  }
}
