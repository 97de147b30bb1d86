package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.DemoConfig;
import io.tollgate.proxy.demo.DemoLedger;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.tollgate.store.FreePorts;
import io.tollgate.store.TestRedis;
import io.tollgate.store.TestSentinels;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway under load whose master dies after it has confirmed settlements that its replica never
 * had. In the end the balance and the counter say what the provider's own ledger says.
 */
class FailoverIT {
  private static final String KEY = "key-of-user";
  private static final String MODEL = "demo-chat";
  private static final String BALANCE = "chat_quota:user";
  private static final String COUNTER = "higress-token-ratelimit:spend:global_threshold:86400";
  private static final long AT_FIRST = 1_000_000_000;

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final DemoProviderVerticle provider =
      new DemoProviderVerticle(new DemoConfig(Duration.ofMillis(20), Duration.ZERO));
  private TestSentinels servers;
  private Node node;
  private Traffic traffic;

  @BeforeEach
  void start() throws Exception {
    vertx.deployVerticle(provider).await(20, TimeUnit.SECONDS);
    servers = TestSentinels.start(directory.resolve("redis"));
    servers.master().ask("SET", BALANCE, Long.toString(AT_FIRST));
    int port = FreePorts.next();
    node = Node.start(config(port), NodeRoles.ALONE);
    traffic = new Traffic(port);
  }

  @AfterEach
  void stop() throws Exception {
    traffic.close();
    node.close();
    servers.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void what_a_failover_loses_is_settled_again() throws Exception {
    TestRedis master = servers.master();
    TestRedis replica = servers.replica();
    traffic.start(KEY, MODEL, 4, 40);
    awaitPassed(50);

    // From now on the replica hears nothing, and can't come back.
    master.ask("CONFIG", "SET", "requirepass", "nobody-knows");
    master.askAfter("AUTH nobody-knows", "CLIENT", "KILL", "TYPE", "replica");
    awaitPassed(passed() + 30);
    long confirmed = billed(master.askAfter("AUTH nobody-knows", "GET", BALANCE));
    long replicated = billed(replica.ask("GET", BALANCE));
    assertThat(replicated).as("tokens that the replica knows of").isLessThan(confirmed);
    master.kill();

    Eventually.that(() -> assertThat(replica.ask("ROLE")).startsWith("master"));
    awaitPassed(passed() + 50);
    traffic.stop();

    DemoLedger.Totals made = provider.ledger().totals();
    Eventually.that(
        () -> {
          assertThat(billed(replica.ask("GET", BALANCE))).isEqualTo(used());
          assertThat(replica.ask("GET", COUNTER)).isEqualTo(Long.toString(used()));
        });
    assertThat(used()).isEqualTo(made.promptTokens() + made.completionTokens());
    System.out.printf(
        "failover: the master had confirmed %d tokens, its replica knew of %d;"
            + " produced %d, billed in the end %d%n",
        confirmed, replicated, used(), billed(replica.ask("GET", BALANCE)));
  }

  private void awaitPassed(long count) throws Exception {
    Eventually.that(() -> assertThat(passed()).isGreaterThan(count));
  }

  private long passed() {
    return traffic.answers().stream().filter(Traffic.Answer::passed).count();
  }

  private long used() {
    return traffic.answers().stream().mapToLong(Traffic.Answer::tokens).sum();
  }

  private static long billed(String balance) {
    return AT_FIRST - Long.parseLong(balance);
  }

  private StartingPoint config(int port) throws Exception {
    String sentinels =
        servers.ports().stream()
            .map(sentinel -> "\"redis://127.0.0.1:" + sentinel + '"')
            .collect(Collectors.joining(", "));
    String yaml =
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { port: %d }
        log: { decisions: off }
        store: { redis: [ %s ], mode: sentinel, master: %s, timeout: 500ms }
        providers: [ { name: simulated, type: openai, base_url: "http://127.0.0.1:%d/v1" } ]
        consumers: [ { name: user, keys: [%s] } ]
        routes:
        - name: chat
          path_prefix: /v1
          upstreams: [simulated]
          auth: { in_header: [x-api-key] }
          ai-quota: { admin_consumer: user, fail: closed }
          ai-token-ratelimit:
            rule_name: spend
            fail: open
            global_threshold: { token_per_day: %d }
        """
            .formatted(
                directory.resolve("node"),
                port,
                FreePorts.next(),
                sentinels,
                TestSentinels.MASTER,
                provider.port(),
                KEY,
                AT_FIRST);
    return Starts.alone(yaml);
  }
}
