package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.deploy.Queries.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class DashboardFilesTest {
  private static final Path DASHBOARD = Path.of("grafana/dashboards/tollgate.json");

  @Test
  void every_query_asks_for_a_series() throws IOException {
    List<Query> queries = Queries.all();

    assertThat(queries).hasSizeGreaterThan(30);
    assertThat(queries)
        .allSatisfy(query -> assertThat(query.query().selectors()).as("%s", query).isNotEmpty());
  }

  @Test
  void every_label_that_is_shown_is_one_that_the_query_keeps() throws IOException {
    assertThat(Queries.all())
        .allSatisfy(
            query -> {
              Set<String> kept = query.query().groupedBy();
              assertThat(kept.isEmpty() ? Set.of("job", "instance") : kept)
                  .as("%s", query)
                  .containsAll(query.shownLabels());
            });
  }

  @Test
  void every_panel_has_an_id_of_its_own_and_leaves_the_data_source_to_the_variable()
      throws IOException {
    List<JsonNode> panels = panels();

    assertThat(panels).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
    assertThat(panels)
        .filteredOn(panel -> !panel.path("type").asText().equals("row"))
        .allSatisfy(
            panel -> {
              assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
              assertThat(panel.path("targets"))
                  .isNotEmpty()
                  .allSatisfy(
                      target ->
                          assertThat(target.at("/datasource/uid").asText())
                              .isEqualTo("${datasource}"));
            });
  }

  @Test
  void no_two_panels_lie_on_one_another() throws IOException {
    List<JsonNode> panels = panels();

    for (JsonNode one : panels) {
      assertThat(panels)
          .filteredOn(other -> !other.path("id").equals(one.path("id")))
          .noneSatisfy(other -> assertThat(overlap(one, other)).isTrue());
    }
  }

  private static boolean overlap(JsonNode one, JsonNode other) {
    return start(one, "x") < end(other, "x", "w")
        && start(other, "x") < end(one, "x", "w")
        && start(one, "y") < end(other, "y", "h")
        && start(other, "y") < end(one, "y", "h");
  }

  private static int start(JsonNode panel, String axis) {
    return panel.path("gridPos").path(axis).asInt();
  }

  private static int end(JsonNode panel, String axis, String size) {
    return start(panel, axis) + panel.path("gridPos").path(size).asInt();
  }

  private static List<JsonNode> panels() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    return StreamSupport.stream(dashboard.path("panels").spliterator(), false).toList();
  }
}
