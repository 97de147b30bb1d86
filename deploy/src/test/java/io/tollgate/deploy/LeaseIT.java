package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of open streams when their node dies, or only seems to; nobody else calls. */
class LeaseIT {
  private static final String BALANCE = "chat_quota:user";
  private static final String COUNTER =
      "higress-token-ratelimit:shared:limit_by_per_consumer:3600:x-mse-consumer:user";
  private static final long FILLED = 1_000_000;
  private static final int STREAMS = 3;

  @TempDir Path directory;

  private final List<Tollgate> nodes = new ArrayList<>();
  private final List<OpenStream> metered = new ArrayList<>();
  private final List<OpenStream> limited = new ArrayList<>();
  private OwnRedis redis;
  private List<Integer> ports;

  @BeforeEach
  void start() throws Exception {
    redis = new OwnRedis(directory.resolve("redis"));
    redis.ask("SET " + BALANCE + " " + FILLED);
    ports = IntStream.range(0, 6).map(i -> FreePorts.next()).boxed().toList();
    Path config = directory.resolve("cluster.yaml");
    Files.writeString(
        config,
        """
        store: { redis: "redis://127.0.0.1:%d" }
        cluster: { members: ["127.0.0.1:%d", "127.0.0.1:%d"] }
        admin: { token: some-token }
        """
                .formatted(redis.port(), ports.get(2), ports.get(5))
            + TwoRoutes.yaml(
                "first_token: 0ms, interval: 50ms",
                "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 100000 } ]"));
    for (int node = 0; node < 2; node++) {
      nodes.add(
          Tollgate.start(
              directory,
              List.of(
                  "run",
                  "--config",
                  config.toString(),
                  "--cluster",
                  "--set",
                  "node.name=node-" + node,
                  "--set",
                  "node.data_dir=" + directory.resolve("data-" + node),
                  "--set",
                  "proxy.http={host: 127.0.0.1, port: " + ports.get(node * 3) + "}",
                  "--set",
                  "admin.port=" + ports.get(node * 3 + 1),
                  "--set",
                  "cluster.port=" + ports.get(node * 3 + 2))));
    }
    for (Tollgate node : nodes) {
      node.awaitReady();
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (OpenStream stream : metered) {
      stream.close();
    }
    for (OpenStream stream : limited) {
      stream.close();
    }
    for (Tollgate node : nodes) {
      node.close();
    }
    redis.close();
  }

  @Test
  void what_a_killed_node_held_is_billed_at_the_last_stamps_and_free() throws Exception {
    openStreams(2000);

    nodes.get(0).process().destroyForcibly().waitFor();
    long killed = System.nanoTime();
    long stampedOnBalance = stamps(BALANCE, 1);
    long stampedOnCounter = stamps(COUNTER, 3);
    Eventually.that(
        () -> {
          assertThat(held(BALANCE)).isZero();
          assertThat(held(COUNTER)).isZero();
        });

    System.out.printf(
        "free again %.1f s after kill -9: %d tokens of %d streams%n",
        (System.nanoTime() - killed) / 1e9, stampedOnBalance + stampedOnCounter, 2 * STREAMS);
    assertThat(redis.number(BALANCE)).isEqualTo(FILLED - stampedOnBalance);
    assertThat(redis.number(COUNTER)).isEqualTo(stampedOnCounter);
  }

  @Test
  void a_node_that_was_only_paused_for_longer_than_a_lease_bills_its_streams_once()
      throws Exception {
    openStreams(160);

    signal("STOP");
    long stampedOnBalance = stamps(BALANCE, 1);
    Eventually.that(
        () -> {
          assertThat(held(BALANCE)).isZero();
          assertThat(held(COUNTER)).isZero();
        });
    assertThat(redis.number(BALANCE)).isEqualTo(FILLED - stampedOnBalance);
    signal("CONT");
    Eventually.that(() -> assertThat(held(BALANCE)).as("held again").isPositive());

    long onBalance = usage(metered);
    long onCounter = usage(limited);
    // A bill comes after its answer.
    Eventually.that(
        () -> {
          assertThat(redis.number(BALANCE)).isEqualTo(FILLED - onBalance);
          assertThat(redis.number(COUNTER)).isEqualTo(onCounter);
          assertThat(held(BALANCE)).isZero();
          assertThat(held(COUNTER)).isZero();
        });
  }

  private static long usage(List<OpenStream> streams) throws Exception {
    long tokens = 0;
    for (OpenStream stream : streams) {
      tokens += stream.usage();
    }
    return tokens;
  }

  /** On the first node; returns when each is stamped. */
  private void openStreams(int tokens) throws Exception {
    for (int i = 0; i < STREAMS; i++) {
      metered.add(new OpenStream(ports.get(0), TwoRoutes.USER_KEY, "metered", tokens));
      limited.add(new OpenStream(ports.get(0), TwoRoutes.USER_KEY, "limited", tokens));
    }
    Eventually.that(
        () -> {
          assertThat(stamped(BALANCE, 1)).hasSize(STREAMS).allMatch(tokensSoFar -> tokensSoFar > 0);
          assertThat(stamped(COUNTER, 3)).hasSize(STREAMS).allMatch(tokensSoFar -> tokensSoFar > 0);
        });
  }

  private long stamps(String key, int place) throws Exception {
    return stamped(key, place).stream().mapToLong(Long::longValue).sum();
  }

  /**
   * @param place where the stamp is in a hold
   */
  private List<Long> stamped(String key, int place) throws Exception {
    return holds(key).entrySet().stream()
        .filter(each -> each.getKey().startsWith("hold:"))
        .map(each -> Long.valueOf(each.getValue().split(" ")[place]))
        .toList();
  }

  /** How many live holds there are; billed ones stay for a minute. */
  private long held(String key) throws Exception {
    return holds(key).entrySet().stream()
        .filter(each -> each.getKey().startsWith("hold:"))
        .filter(each -> !each.getValue().startsWith("billed"))
        .count();
  }

  private Map<String, String> holds(String key) throws Exception {
    return redis.hash("{" + key + "}:holds");
  }

  private void signal(String name) throws Exception {
    long pid = nodes.get(0).process().pid();
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }
}
