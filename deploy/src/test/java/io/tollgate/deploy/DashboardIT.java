package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.deploy.PromQuery.Selector;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node gets traffic of every kind; then every query finds a series in its metrics. */
class DashboardIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private int proxyPort;
  private int adminPort;
  private EmbeddedRedis fragile;
  private Node node;

  @BeforeEach
  void start(@TempDir Path dir) throws Exception {
    proxyPort = FreePorts.next();
    adminPort = FreePorts.next();
    fragile = EmbeddedRedis.start(dir.resolve("fragile"), Duration.ofSeconds(1));
    String address =
        fragile.endpoint().uri().replace("://", "://:" + fragile.endpoint().password() + "@");
    Map<String, String> environment =
        Map.of(
            "TRAFFIC_DIR", dir.resolve("data").toString(),
            "TRAFFIC_PORT", Integer.toString(proxyPort),
            "TRAFFIC_ADMIN_PORT", Integer.toString(adminPort),
            "TRAFFIC_FRAGILE", address);
    JsonNode tree =
        new YAMLMapper().readTree(DashboardIT.class.getResourceAsStream("/traffic.yaml"));
    node =
        Node.start(
            Starts.with(new ConfigSource(() -> tree, null, environment, false)), NodeRoles.ALONE);
  }

  @AfterEach
  void stop() {
    http.close();
    node.close();
    fragile.close();
  }

  @Test
  void every_query_of_the_dashboard_and_the_alerts_finds_a_series_in_the_metrics_of_a_node()
      throws Exception {
    fill("plain", 1_000_000);
    fill("poor", 0);
    fill("unpaid", 1_000_000);
    assertThat(chat("plain", false)).isEqualTo(200);
    assertThat(chat("plain", true)).isEqualTo(200);
    assertThat(chat("tight", false)).isEqualTo(200);
    assertThat(chat("tight", false)).isEqualTo(429);
    assertThat(chat("poor", false)).isEqualTo(403);

    fragile.close();
    assertThat(chat("open", false)).isEqualTo(200);
    assertThat(chat("closed", false)).isEqualTo(503);
    assertThat(chat("unpaid", false)).isEqualTo(503);

    Set<String> missing = missing();
    for (long end = System.nanoTime() + PATIENCE.toNanos();
        !missing.isEmpty() && System.nanoTime() < end;
        missing = missing()) {
      // Bills are delivered again, and gauges set, a moment after the answer.
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS))
          .join();
    }
    assertThat(missing).isEmpty();
  }

  /** Each query, with those of its selectors that no series has. */
  private Set<String> missing() throws IOException, InterruptedException {
    Exposition exposition = new Exposition(metrics());
    Set<String> missing = new TreeSet<>();
    for (Queries.Query query : Queries.all()) {
      for (Selector selector : query.query().selectors()) {
        if (!exposition.has(selector, query.query().groupedBy())) {
          missing.add(query + " lacks " + selector + " by " + query.query().groupedBy());
        }
      }
    }
    return missing;
  }

  private String metrics() throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(uri(adminPort, "/metrics")).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private int chat(String model, boolean stream) throws IOException, InterruptedException {
    return post(
        "/v1/chat/completions",
        List.of("x-api-key", "traffic-user", "content-type", "application/json"),
        """
        {"model":"%s","stream":%s,"messages":[{"role":"user","content":"hello"}]}
        """
            .formatted(model, stream));
  }

  private void fill(String model, long quota) throws IOException, InterruptedException {
    int status =
        post(
            "/v1/chat/completions/quota/refresh",
            List.of(
                "x-api-key",
                "traffic-admin",
                "x-higress-llm-model",
                model,
                "content-type",
                "application/x-www-form-urlencoded"),
            "consumer=user&quota=" + quota);
    assertThat(status).isEqualTo(200);
  }

  private int post(String path, List<String> headers, String body)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(uri(proxyPort, path))
                .timeout(PATIENCE)
                .headers(headers.toArray(String[]::new))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
