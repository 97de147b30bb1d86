package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Every query in the files of {@code deploy}. */
final class Queries {
  private static final Path DASHBOARD = Path.of("grafana/dashboards/tollgate.json");
  private static final Path ALERTS = Path.of("prometheus/alerts.yml");
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), *(\\w+)\\)");
  private static final Pattern TEMPLATE_LABEL = Pattern.compile("\\{\\{ *(?:\\$labels\\.)?(\\w+)");

  /**
   * One query.
   *
   * @param where the panel's title, the variable's or the alert's name
   * @param shownLabels labels that the legend or the alert's text names
   */
  record Query(String where, PromQuery query, List<String> shownLabels) {
    @Override
    public String toString() {
      return where + ": " + query.text();
    }
  }

  private Queries() {}

  static List<Query> all() throws IOException {
    List<Query> queries = new ArrayList<>();
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            new Query(
                "panel " + panel.path("title").asText(),
                PromQuery.of(target.path("expr").asText()),
                templateLabels(target.path("legendFormat").asText())));
      }
    }
    for (JsonNode variable : dashboard.path("templating").path("list")) {
      LABEL_VALUES
          .matcher(variable.path("definition").asText())
          .results()
          .forEach(
              values ->
                  queries.add(
                      new Query(
                          "variable " + variable.path("name").asText(),
                          PromQuery.of(
                              "sum by (" + values.group(2) + ") (" + values.group(1) + ")"),
                          List.of())));
    }
    for (JsonNode group : new YAMLMapper().readTree(ALERTS.toFile()).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        queries.add(
            new Query(
                "alert " + rule.path("alert").asText(),
                PromQuery.of(rule.path("expr").asText()),
                templateLabels(rule.path("annotations").toString())));
      }
    }
    return queries;
  }

  private static List<String> templateLabels(String template) {
    return TEMPLATE_LABEL
        .matcher(template.replaceAll("\\{\\{ *\\$value[^}]*}}", ""))
        .results()
        .map((MatchResult label) -> label.group(1))
        .toList();
  }
}
