package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.FreePorts;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several nodes with one configuration and one Redis, each a process of its own. */
class ClusterIT {
  private static final String ADMIN = TwoRoutes.ADMIN_KEY;
  private static final String USER = TwoRoutes.USER_KEY;

  @TempDir Path directory;

  private final List<Tollgate> nodes = new ArrayList<>();
  private EmbeddedRedis redis;
  private List<Integer> ports;
  private Path config;

  @BeforeEach
  void startRedis() throws Exception {
    redis = EmbeddedRedis.start(directory.resolve("redis"), Duration.ofSeconds(2));
    ports = IntStream.range(0, 9).map(i -> FreePorts.next()).boxed().toList();
    config = directory.resolve("cluster.yaml");
    Files.writeString(
        config,
        """
        store: { redis: "redis://:%s@%s/0" }
        cluster: { members: ["127.0.0.1:%d", "127.0.0.1:%d", "127.0.0.1:%d"] }
        admin: { token: some-token }
        """
                .formatted(
                    redis.endpoint().password(),
                    redis.endpoint().uri().substring("redis://".length()),
                    ports.get(2),
                    ports.get(5),
                    ports.get(8))
            + TwoRoutes.yaml(
                "first_token: 0ms, interval: 0ms",
                "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 5 } ]"));
  }

  @AfterEach
  void stopAll() throws Exception {
    for (Tollgate node : nodes) {
      node.close();
    }
    redis.close();
  }

  @Test
  void limits_and_balances_are_one_for_all_nodes() throws Exception {
    start(0);
    start(1);

    HttpResponse<String> first = node(0).chat(USER, "limited", "hello");
    HttpResponse<String> second = eventuallyRefused(1, "limited");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.body()).contains("rate_limit_exceeded").contains("shared");

    node(0).setQuota(ADMIN, "user", 1_000);
    HttpResponse<String> paid = node(1).chat(USER, "metered", "hello");
    assertThat(paid.statusCode()).isEqualTo(200);
    long left = 1_000 - ApiClient.tokensOf(paid);
    Eventually.that(() -> assertThat(node(0).quota(ADMIN, "user")).isEqualTo(left));
  }

  @Test
  void a_node_without_the_other_roles_uses_another_and_outlives_one_of_two() throws Exception {
    start(1, "--roles", "auth,limiter,quota");
    start(2, "--roles", "auth,limiter,quota");
    start(0, "--roles", "proxy,admin");
    Eventually.that(
        () -> assertThat(node(0).chat(USER, "unlimited", "x").statusCode()).isEqualTo(404));
    Eventually.that(() -> node(0).setQuota(ADMIN, "user", 1_000_000));
    assertThat(node(0).chat(USER, "metered", "before").statusCode()).isEqualTo(200);

    nodes.get(0).process().destroyForcibly().waitFor();

    assertServes(node(0));
  }

  @Test
  void of_two_whole_nodes_one_goes_on_when_the_other_is_killed() throws Exception {
    start(0);
    start(1);
    node(1).setQuota(ADMIN, "user", 1_000_000);

    nodes.get(0).process().destroyForcibly().waitFor();

    assertServes(node(1));
  }

  private static void assertServes(ApiClient node) throws Exception {
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> answer = node.chat(USER, "metered", "after " + i);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private HttpResponse<String> eventuallyRefused(int node, String model) throws Exception {
    List<HttpResponse<String>> last = new ArrayList<>();
    // The first answer's usage is settled just after the answer itself.
    Eventually.that(
        () -> {
          last.add(node(node).chat(USER, model, "again"));
          assertThat(last.getLast().statusCode()).isEqualTo(429);
        });
    return last.getLast();
  }

  private ApiClient node(int index) {
    return new ApiClient(ports.get(index * 3));
  }

  private void start(int index, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("run", "--config", config.toString(), "--cluster"));
    arguments.addAll(
        List.of(
            "--set", "node.name=node-" + index,
            "--set", "node.data_dir=" + directory.resolve("data-" + index),
            "--set", "proxy.http.host=127.0.0.1",
            "--set", "proxy.http.port=" + ports.get(index * 3),
            "--set", "admin.port=" + ports.get(index * 3 + 1),
            "--set", "cluster.port=" + ports.get(index * 3 + 2)));
    arguments.addAll(List.of(more));
    nodes.add(Tollgate.start(directory, arguments).awaitReady());
  }
}
