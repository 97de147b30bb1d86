package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.contract.config.reader.ConfigReader;
import io.tollgate.contract.config.reader.ConfigResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files for Docker and Kubernetes, as far as they can be checked without either. */
class AssetsTest {
  private static final Path COMPOSE = Path.of("docker-compose.yml");
  private static final Path KUBERNETES = Path.of("kubernetes/tollgate.yaml");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  void the_configuration_of_the_compose_nodes_is_valid_with_the_variables_they_are_given()
      throws IOException {
    JsonNode services = YAML.readTree(COMPOSE.toFile()).path("services");
    JsonNode shared = YAML.readTree(COMPOSE.toFile()).at("/x-node/environment");

    for (String node : List.of("tollgate-1", "tollgate-2", "tollgate-3")) {
      Map<String, String> environment = new HashMap<>();
      shared.fieldNames().forEachRemaining(name -> environment.put(name, "value-of-" + name));
      JsonNode own = services.path(node).path("environment").path("TOLLGATE_NODE");
      environment.put("TOLLGATE_NODE", own.asText());
      assertValid(YAML.readTree(Path.of("config/cluster.yaml").toFile()), environment);
    }
  }

  @Test
  void every_file_that_compose_mounts_or_builds_from_exists() throws IOException {
    JsonNode services = YAML.readTree(COMPOSE.toFile()).path("services");
    List<Path> files = new ArrayList<>(List.of(Path.of("Dockerfile")));
    for (JsonNode service : services) {
      for (JsonNode volume : service.path("volumes")) {
        String source = volume.asText().split(":")[0];
        if (source.startsWith(".")) {
          files.add(Path.of(source));
        }
      }
    }

    assertThat(files).hasSizeGreaterThan(5).allSatisfy(file -> assertThat(file).exists());
  }

  @Test
  void prometheus_scrapes_each_compose_node_on_its_admin_port() throws IOException {
    JsonNode config = YAML.readTree(Path.of("config/cluster.yaml").toFile());
    JsonNode scrape =
        YAML.readTree(Path.of("prometheus/prometheus.yml").toFile())
            .at("/scrape_configs/0/static_configs/0/targets");
    int port = config.at("/admin/port").asInt();

    assertThat(scrape)
        .extracting(JsonNode::asText)
        .containsExactly("tollgate-1:" + port, "tollgate-2:" + port, "tollgate-3:" + port);
  }

  @Test
  void the_configuration_in_the_kubernetes_config_map_is_valid_with_the_secret_beside_it()
      throws IOException {
    Map<String, JsonNode> documents = new HashMap<>();
    try (MappingIterator<JsonNode> all =
        YAML.readerFor(JsonNode.class).readValues(KUBERNETES.toFile())) {
      all.forEachRemaining(document -> documents.put(document.path("kind").asText(), document));
    }
    Map<String, String> environment = new HashMap<>(Map.of("TOLLGATE_NODE", "tollgate-0"));
    documents
        .get("Secret")
        .path("stringData")
        .properties()
        .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
    String config = documents.get("ConfigMap").at("/data/tollgate.yaml").asText();

    assertValid(YAML.readTree(config), environment);
    assertThat(VARIABLE.matcher(config).results().map((MatchResult found) -> found.group(1)))
        .containsAll(
            documents.get("Secret").path("stringData").properties().stream()
                .map(Map.Entry::getKey)
                .toList());
  }

  private static void assertValid(JsonNode config, Map<String, String> environment) {
    assertThat(ConfigReader.read(config, environment))
        .isInstanceOfSatisfying(
            ConfigResult.Valid.class, valid -> assertThat(valid.warnings()).isEmpty());
  }
}
