package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's own Redis is killed under load: the node starts it again, and the books are right. */
class EmbeddedOutageIT {
  private static final long FILLED = 1_000_000;

  @TempDir Path directory;

  @Test
  void an_embedded_redis_that_is_killed_is_started_again_and_nothing_is_lost() throws Exception {
    int port = FreePorts.next();
    Node node = Node.start(config(port), NodeRoles.ALONE);
    try (Traffic traffic = new Traffic(port)) {
      ApiClient client = new ApiClient(port);
      client.setQuota(TwoRoutes.ADMIN_KEY, "user", FILLED);
      traffic.start(TwoRoutes.USER_KEY, "metered", 4, 40);
      Eventually.that(() -> assertThat(traffic.answers()).hasSizeGreaterThan(20));
      long killed = serverPid();

      ProcessHandle server = ProcessHandle.of(killed).orElseThrow();
      server.destroyForcibly();
      server.onExit().get(10, TimeUnit.SECONDS);
      long from = System.nanoTime();

      Eventually.that(() -> assertThat(serverPid()).isNotEqualTo(killed));
      Eventually.that(
          () ->
              assertThat(traffic.answers())
                  .filteredOn(answer -> answer.startNanos() > from)
                  .hasSizeGreaterThan(40));
      traffic.stop();
      assertThat(traffic.answers()).allMatch(Traffic.Answer::passed);
      long used = traffic.answers().stream().mapToLong(Traffic.Answer::tokens).sum();
      Eventually.that(
          () -> assertThat(client.quota(TwoRoutes.ADMIN_KEY, "user")).isEqualTo(FILLED - used));
    } finally {
      node.close();
    }
  }

  private long serverPid() throws Exception {
    Path file = directory.resolve("redis").resolve("redis.pid");
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  private StartingPoint config(int port) throws Exception {
    String yaml =
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { port: %d }
        log: { decisions: off }
        """
                .formatted(directory, port, FreePorts.next())
            + TwoRoutes.yaml(
                "first_token: 20ms, interval: 0ms",
                "limit_by_consumer: '', limit_keys: [ { key: user, token_per_minute: 100 } ]");
    return Starts.with(
        Overrides.set(ConfigFile.parse("test", yaml), "routes[0].ai-quota.fail=open"));
  }
}
