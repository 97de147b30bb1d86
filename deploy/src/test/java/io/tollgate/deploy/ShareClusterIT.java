package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.Role;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.tollgate.store.FreePorts;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of a cluster without their Redis share what is left of a limit and of a balance. */
class ShareClusterIT {
  private static final String KEY = "key-of-user";
  private static final int CALLERS = 2;
  private static final int ANSWER_TOKENS = 90;
  private static final long WHOLE = 8000;
  private static final List<String> MODELS = List.of("limited", "paid");

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final DemoProviderVerticle provider =
      new DemoProviderVerticle(new DemoConfig(Duration.ofMillis(20), Duration.ZERO));
  private final List<Node> nodes = new ArrayList<>();
  private final List<Traffic> traffic = new ArrayList<>();
  private OwnRedis redis;

  @BeforeEach
  void start() throws Exception {
    vertx.deployVerticle(provider).await(20, TimeUnit.SECONDS);
    redis = new OwnRedis(directory.resolve("redis"));
    redis.ask("SET balance:user " + WHOLE);
    List<Integer> members = List.of(FreePorts.next(), FreePorts.next());
    for (int i = 0; i < 2; i++) {
      int port = FreePorts.next();
      nodes.add(
          Node.start(config(i, port, members), new NodeRoles(EnumSet.allOf(Role.class), true)));
      traffic.add(new Traffic(port));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Traffic each : traffic) {
      each.close();
    }
    for (Node node : nodes) {
      node.close();
    }
    redis.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void each_node_takes_its_half_and_both_together_no_more_than_the_whole() throws Exception {
    for (Traffic each : traffic) {
      MODELS.forEach(model -> each.start(KEY, model, CALLERS, ANSWER_TOKENS));
    }
    for (Traffic each : traffic) {
      for (String model : MODELS) {
        Eventually.that(() -> assertThat(each.answers(model)).hasSizeGreaterThan(3));
      }
    }
    redis.kill();

    for (Traffic each : traffic) {
      Eventually.that(() -> assertThat(refusals(each, "limited", 429)).isNotEmpty());
      Eventually.that(() -> assertThat(refusals(each, "paid", 403)).isNotEmpty());
    }
    for (Traffic each : traffic) {
      each.stop();
      assertThat(refusals(each, "limited", 429).getFirst().body())
          .containsPattern("allows 8000 tokens of which this node's part is [123]?\\d{1,3},");
      assertThat(refusals(each, "paid", 403).getFirst().body())
          .containsPattern("left of this node's part of [123]?\\d{1,3} tokens");
    }
    redis.start();
    for (String model : MODELS) {
      long used = used(model);
      System.out.printf("%s: whole %d, both nodes used %d%n", model, WHOLE, used);
      assertThat(used)
          .as("%s: the whole, and an answer for each caller of each node", model)
          .isBetween(WHOLE / 2, WHOLE + 2L * CALLERS * 2 * ANSWER_TOKENS);
      Eventually.that(() -> assertThat(billed(model)).as(model).isEqualTo(used));
    }
  }

  private static List<Traffic.Answer> refusals(Traffic from, String model, int status) {
    return from.answers(model).stream().filter(answer -> answer.status() == status).toList();
  }

  private long used(String model) {
    return traffic.stream()
        .flatMap(each -> each.answers(model).stream())
        .mapToLong(Traffic.Answer::tokens)
        .sum();
  }

  private long billed(String model) throws Exception {
    return model.equals("limited")
        ? redis.number("higress-token-ratelimit:limited:global_threshold:86400")
        : WHOLE - redis.number("balance:user");
  }

  private StartingPoint config(int index, int port, List<Integer> members) throws Exception {
    String yaml =
        """
        node: { name: node-%1$d, data_dir: "%2$s" }
        proxy: { http: { host: 127.0.0.1, port: %3$d } }
        admin: { port: %4$d }
        cluster: { members: ["127.0.0.1:%5$d", "127.0.0.1:%6$d"], port: %7$d }
        log: { decisions: off }
        store: { redis: "redis://127.0.0.1:%8$d", timeout: 500ms }
        providers: [ { name: simulated, type: openai, base_url: "http://127.0.0.1:%9$d/v1" } ]
        consumers: [ { name: user, keys: [%10$s] } ]
        routes:
        - { name: limited, path_prefix: /v1, models: [limited], upstreams: [simulated],
            auth: { in_header: [x-api-key] },
            ai-token-ratelimit: { rule_name: limited, fail: share,
              global_threshold: { token_per_day: %11$d } } }
        - { name: paid, path_prefix: /v1, models: [paid], upstreams: [simulated],
            auth: { in_header: [x-api-key] },
            ai-quota: { redis_key_prefix: "balance:", admin_consumer: user, fail: share } }
        """
            .formatted(
                index,
                directory.resolve("node-" + index),
                port,
                FreePorts.next(),
                members.get(0),
                members.get(1),
                members.get(index),
                redis.port(),
                provider.port(),
                KEY,
                WHOLE);
    return Starts.clustered(yaml);
  }
}
