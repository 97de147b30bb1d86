package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose configuration file changes while it runs. */
class FileReloadIT {
  private static final String USER = TwoRoutes.USER_KEY;

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = FreePorts.next();
  private final int admin = FreePorts.next();
  private Path file;
  private Node node;
  private ApiClient client;

  @BeforeEach
  void start() throws Exception {
    file = directory.resolve("tollgate.yaml");
    Files.writeString(file, yaml(1_000_000));
    node =
        Node.start(
            Starts.with(new ConfigSource(() -> ConfigFile.read(file), file, Map.of(), false)),
            NodeRoles.ALONE);
    client = new ApiClient(port);
  }

  @AfterEach
  void stop() {
    node.close();
    http.close();
  }

  @Test
  void a_changed_file_is_in_force_without_a_restart_and_a_broken_one_changes_nothing()
      throws Exception {
    HttpResponse<String> first = client.chat(USER, "limited", "hi");
    assertThat(first.statusCode()).isEqualTo(200);

    replace(yaml(1));
    Eventually.that(() -> assertThat(reloads("applied")).isEqualTo(1));
    HttpResponse<String> refused = client.chat(USER, "limited", "hi");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"used\":" + ApiClient.tokensOf(first));

    replace(yaml(1_000_000).replace("token_per_hour", "token_per_ages") + "colour: blue\n");
    Eventually.that(() -> assertThat(reloads("refused")).isEqualTo(1));
    assertThat(client.chat(USER, "limited", "hi").statusCode()).isEqualTo(429);

    replace(yaml(1_000_000).replace("path_prefix: /v1", "path_prefix: /v2"));
    Eventually.that(() -> assertThat(reloads("refused")).isEqualTo(2));
    assertThat(client.chat(USER, "limited", "hi").statusCode()).isEqualTo(429);

    replace(yaml(1_000_000).replace("allow: [admin, user]", "allow: [admin]"));
    Eventually.that(() -> assertThat(reloads("applied")).isEqualTo(2));
    assertThat(client.chat(USER, "limited", "hi").statusCode()).isEqualTo(403);

    replace(yaml(1_000_000));
    Eventually.that(() -> assertThat(reloads("applied")).isEqualTo(3));
    assertThat(client.chat(USER, "limited", "hi").statusCode()).isEqualTo(200);
  }

  @Test
  void asked_to_it_reads_even_a_file_that_looks_the_same() throws Exception {
    node.reload();

    Eventually.that(() -> assertThat(reloads("unchanged")).isEqualTo(1));
  }

  private void replace(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next.yaml"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private long reloads(String result) throws Exception {
    HttpRequest scrape =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/metrics")).build();
    String name = "tollgate_config_reload_total{result=\"" + result + "\",source=\"file\"} ";
    return http.send(scrape, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private String yaml(long tokens) {
    return """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { port: %d, token: some-token }
        log: { decisions: off }
        """
            .formatted(directory.resolve("data"), port, admin)
        + TwoRoutes.yaml(
            "first_token: 0ms, interval: 0ms",
            "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: %d } ]"
                .formatted(tokens));
  }
}
