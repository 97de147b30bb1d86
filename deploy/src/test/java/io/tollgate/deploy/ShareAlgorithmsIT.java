package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Redis goes away under load and comes back, with a bucket and a limit of what may be in progress
 * that say {@code fail: share}: both go on as what they are.
 */
class ShareAlgorithmsIT {
  private static final String KEY = "key-of-user";
  private static final String BUCKET = "bucket";
  private static final String RUNNING = "running";
  private static final int CALLERS = 5;
  private static final int MOST_RUNNING = 3;
  private static final long TOKENS_PER_SECOND = 200;
  private static final long BURST = 400;
  private static final Duration OUTAGE = Duration.ofSeconds(4);
  private static final long ANSWER_MILLIS = 50;

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private ScriptedProvider provider;
  private OwnRedis redis;
  private Node node;
  private Traffic traffic;

  @BeforeEach
  void start() throws Exception {
    provider = new ScriptedProvider();
    provider.answers(this::answer);
    redis = new OwnRedis(directory.resolve("redis"));
    int port = FreePorts.next();
    node = Node.start(config(port), NodeRoles.ALONE);
    traffic = new Traffic(port);
    traffic.start(KEY, BUCKET, CALLERS, 1);
    traffic.start(KEY, RUNNING, CALLERS, 1);
    Eventually.that(() -> assertThat(refusals(BUCKET, "")).isNotEmpty());
    Eventually.that(() -> assertThat(refusals(RUNNING, "")).isNotEmpty());
  }

  @AfterEach
  void stop() throws Exception {
    traffic.close();
    node.close();
    redis.close();
    provider.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void a_bucket_refills_and_no_more_are_in_progress_than_may_be() throws Exception {
    long from = System.nanoTime();
    redis.kill();
    mostRunning.set(0);
    vertx.timer(OUTAGE.toMillis()).await();
    Eventually.that(() -> assertThat(refusals(BUCKET, "this node's part is")).isNotEmpty());
    Eventually.that(() -> assertThat(refusals(RUNNING, "this node's part is 3,")).isNotEmpty());
    int mostInOutage = mostRunning.get();
    long to = System.nanoTime();
    redis.start();
    Eventually.that(() -> assertThat(passed(RUNNING, to, Long.MAX_VALUE)).hasSizeGreaterThan(50));
    Eventually.that(() -> assertThat(passed(BUCKET, to, Long.MAX_VALUE)).hasSizeGreaterThan(20));
    traffic.stop();

    double seconds = (to - from) / 1e9;
    long tokens = passed(BUCKET, from, to).size() * ScriptedProvider.CHAT_TOKENS;
    System.out.printf(
        "without Redis for %.1f s: bucket of %d and %d/s let %d tokens pass; %d in progress of"
            + " %d%n",
        seconds, BURST, TOKENS_PER_SECOND, tokens, mostInOutage, MOST_RUNNING);
    assertThat((double) tokens)
        .as("its refill, which a window of its second or its minute would not be")
        .isGreaterThan(TOKENS_PER_SECOND * seconds / 4)
        .isLessThan(
            BURST + TOKENS_PER_SECOND * seconds + 2 * CALLERS * ScriptedProvider.CHAT_TOKENS);
    assertThat(mostInOutage).as("while Redis was away").isEqualTo(MOST_RUNNING);
    assertThat(mostRunning.get()).as("and when it came back").isEqualTo(MOST_RUNNING);
    assertThat(passed(RUNNING, from, to)).as("one after another").hasSizeGreaterThan(10);
  }

  private void answer(HttpServerRequest request) {
    if (!provider.received().getLast().toString().contains(RUNNING)) {
      ScriptedProvider.json(request, ScriptedProvider.CHAT);
      return;
    }
    int now = running.incrementAndGet();
    mostRunning.accumulateAndGet(now, Math::max);
    vertx.setTimer(
        ANSWER_MILLIS,
        over -> {
          running.decrementAndGet();
          ScriptedProvider.json(request, ScriptedProvider.CHAT);
        });
  }

  private List<Traffic.Answer> refusals(String model, String text) {
    return traffic.answers(model).stream()
        .filter(answer -> answer.status() == 429 && answer.body().contains(text))
        .toList();
  }

  private List<Traffic.Answer> passed(String model, long from, long to) {
    return traffic.answers(model).stream()
        .filter(answer -> answer.passed() && answer.within(from, to))
        .toList();
  }

  private StartingPoint config(int port) throws Exception {
    return Starts.alone(
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { port: %d }
        log: { decisions: off }
        store: { redis: "redis://127.0.0.1:%d", timeout: 500ms }
        providers: [ { name: simulated, type: openai, base_url: "http://127.0.0.1:%d/v1" } ]
        consumers: [ { name: user, keys: [%s] } ]
        routes:
        - { name: bucket, path_prefix: /v1, models: [bucket], upstreams: [simulated],
            auth: { in_header: [x-api-key] },
            ai-token-ratelimit: { rule_name: bucket, fail: share, algorithm: token_bucket, burst: %d,
              global_threshold: { token_per_second: %d } } }
        - { name: running, path_prefix: /v1, models: [running], upstreams: [simulated],
            auth: { in_header: [x-api-key] },
            ai-token-ratelimit: { rule_name: running, fail: share,
              global_threshold: { concurrent_requests: %d } } }
        """
            .formatted(
                directory.resolve("node"),
                port,
                FreePorts.next(),
                redis.port(),
                provider.port(),
                KEY,
                BURST,
                TOKENS_PER_SECOND,
                MOST_RUNNING));
  }
}
