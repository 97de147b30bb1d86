package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.proxy.demo.DemoLedger;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.tollgate.store.FreePorts;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Redis goes away under load and comes back, with limits and quotas of each policy. What is counted
 * in the end is what the provider's own ledger says.
 */
class OutageIT {
  private static final String KEY = "key-of-user";
  private static final int CALLERS = 2;
  private static final int ANSWER_TOKENS = 40;
  private static final long PLENTY = 1_000_000_000;
  private static final long SHARED = 6000;
  private static final Duration OUTAGE = Duration.ofSeconds(4);

  /** One store timeout of half a second, the answer itself, and room for a busy machine. */
  private static final Duration SLOWEST = Duration.ofSeconds(3);

  private static final List<String> LIMITS = List.of("limit-open", "limit-closed", "limit-share");
  private static final List<String> QUOTAS = List.of("quota-open", "quota-closed", "quota-share");

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final DemoProviderVerticle provider =
      new DemoProviderVerticle(new DemoConfig(Duration.ofMillis(30), Duration.ZERO));
  private final ListAppender<ILoggingEvent> lapses = new ListAppender<>();
  private OwnRedis redis;
  private Node node;
  private Traffic traffic;
  private int admin;

  @BeforeEach
  void start() throws Exception {
    vertx.deployVerticle(provider).await(20, TimeUnit.SECONDS);
    redis = new OwnRedis(directory.resolve("redis"));
    for (String quota : QUOTAS) {
      redis.ask("INCRBY " + balance(quota) + " " + filled(quota));
    }
    int port = FreePorts.next();
    admin = FreePorts.next();
    node = Node.start(config(port), NodeRoles.ALONE);
    lapses.start();
    ((Logger) LoggerFactory.getLogger("io.tollgate.proxy.Lapse")).addAppender(lapses);
    traffic = new Traffic(port);
    for (String model : LIMITS) {
      traffic.start(KEY, model, CALLERS, ANSWER_TOKENS);
    }
    for (String model : QUOTAS) {
      traffic.start(KEY, model, CALLERS, ANSWER_TOKENS);
    }
    for (String model : all()) {
      Eventually.that(() -> assertThat(traffic.answers(model)).hasSizeGreaterThan(10));
    }
  }

  @AfterEach
  void stop() throws Exception {
    ((Logger) LoggerFactory.getLogger("io.tollgate.proxy.Lapse")).detachAppender(lapses);
    traffic.close();
    node.close();
    redis.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void killed_and_started_again_with_its_data() throws Exception {
    long from = System.nanoTime();
    redis.kill();
    awaitPartsSpent();
    long to = System.nanoTime();
    redis.start();

    awaitLapsesToldOf();
    traffic.stop();
    assertEachPolicyDidWhatItSays(from, to);
    assertBilledExactlyOnce();
    assertNobodyWaited(from);
  }

  @Test
  void killed_and_started_again_without_its_data() throws Exception {
    long from = System.nanoTime();
    redis.kill();
    redis.forgetEverything();
    awaitPartsSpent();
    long to = System.nanoTime();
    redis.start();
    for (String quota : QUOTAS) {
      redis.ask("INCRBY " + balance(quota) + " " + filled(quota));
    }

    awaitLapsesToldOf();
    traffic.stop();
    assertEachPolicyDidWhatItSays(from, to);
    // The windows of the limits are gone with their data, and what they had counted with them.
    for (String limit : LIMITS) {
      long sinceThen =
          traffic.answers(limit).stream()
              .filter(answer -> answer.startNanos() > from)
              .mapToLong(Traffic.Answer::tokens)
              .sum();
      Eventually.that(() -> assertThat(billed(limit)).as(limit).isBetween(sinceThen, used(limit)));
      System.out.printf(
          "%s: used %d, since Redis lost its data %d, billed %d%n",
          limit, used(limit), sinceThen, billed(limit));
    }
    // Balances are charged again with what was confirmed shortly before.
    for (String quota : QUOTAS) {
      Eventually.that(() -> assertThat(billed(quota)).as(quota).isEqualTo(used(quota)));
    }
    assertNobodyWaited(from);
  }

  @Test
  void frozen_and_thawed() throws Exception {
    long from = System.nanoTime();
    redis.freeze();
    awaitPartsSpent();
    long to = System.nanoTime();
    redis.thaw();

    awaitLapsesToldOf();
    traffic.stop();
    assertEachPolicyDidWhatItSays(from + TimeUnit.SECONDS.toNanos(1), to);
    assertBilledExactlyOnce();
    assertNobodyWaited(from);
  }

  /** At least for some seconds, and until nothing is left of the shared ones. */
  private void awaitPartsSpent() throws Exception {
    vertx.timer(OUTAGE.toMillis()).await();
    Eventually.that(() -> assertThat(refusedByPart("limit-share", 429)).isPositive());
    Eventually.that(() -> assertThat(refusedByPart("quota-share", 403)).isPositive());
  }

  private long refusedByPart(String model, int status) {
    return traffic.answers(model).stream()
        .filter(answer -> answer.status() == status && answer.body().contains("this node's part"))
        .count();
  }

  private void awaitLapsesToldOf() throws Exception {
    Eventually.that(
        () ->
            assertThat(lapses.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.matches("rule limit-open was not enforced for \\d+ s: .*"))
                .anyMatch(
                    line -> line.matches("quota quota-open: was not enforced for \\d+ s: .*")));
  }

  private void assertEachPolicyDidWhatItSays(long from, long to) {
    assertThat(duringOutage("limit-open", from, to)).isNotEmpty().allMatch(Traffic.Answer::passed);
    assertThat(duringOutage("quota-open", from, to)).isNotEmpty().allMatch(Traffic.Answer::passed);
    for (String closed : List.of("limit-closed", "quota-closed")) {
      assertThat(duringOutage(closed, from, to))
          .isNotEmpty()
          .allMatch(answer -> answer.status() == 503);
    }
    assertThat(duringOutage("limit-share", from, to))
        .anyMatch(Traffic.Answer::passed)
        .anyMatch(answer -> answer.status() == 429 && answer.body().contains("this node's part is"))
        .allMatch(answer -> answer.passed() || answer.status() == 429);
    assertThat(duringOutage("quota-share", from, to))
        .anyMatch(Traffic.Answer::passed)
        .anyMatch(answer -> answer.status() == 403 && answer.body().contains("this node's part of"))
        .allMatch(answer -> answer.passed() || answer.status() == 403);
    long longest = 2L * ANSWER_TOKENS;
    for (String shared : List.of("limit-share", "quota-share")) {
      assertThat(usedWithin(shared, Long.MIN_VALUE, to))
          .as("what %s let pass until Redis came back", shared)
          .isLessThanOrEqualTo(SHARED + CALLERS * longest);
    }
  }

  private void assertBilledExactlyOnce() throws Exception {
    for (String model : all()) {
      Eventually.that(() -> assertThat(billed(model)).as(model).isEqualTo(used(model)));
      System.out.printf("%s: used %d, billed %d%n", model, used(model), billed(model));
    }
    for (String shared : List.of("limit-share", "quota-share")) {
      assertThat(used(shared))
          .as("what %s let pass, the time after Redis came back included", shared)
          .isLessThanOrEqualTo(SHARED + 2L * CALLERS * 2 * ANSWER_TOKENS);
    }
    DemoLedger.Totals ledger = provider.ledger().totals();
    assertThat(all().stream().mapToLong(this::used).sum())
        .as("what the answers said, and the provider's ledger")
        .isEqualTo(ledger.promptTokens() + ledger.completionTokens());
  }

  /** Of those that were under way when Redis went, or came later: a node's first ones are slow. */
  private void assertNobodyWaited(long from) {
    List<Traffic.Answer> since =
        traffic.answers().stream().filter(answer -> answer.endNanos() >= from).toList();
    System.out.printf(
        "store timeout 500 ms, slowest of %d answers %d ms%n",
        since.size(), since.stream().mapToLong(answer -> answer.took().toMillis()).max().orElse(0));
    assertThat(since)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).as(answer.body()).isNotZero();
              assertThat(answer.took()).as(answer.model()).isLessThan(SLOWEST);
            });
  }

  /** Answers to requests that began and ended while Redis was away. */
  private List<Traffic.Answer> duringOutage(String model, long from, long to) {
    return traffic.answers(model).stream().filter(answer -> answer.within(from, to)).toList();
  }

  private long usedWithin(String model, long from, long to) {
    return traffic.answers(model).stream()
        .filter(answer -> answer.within(from, to))
        .mapToLong(Traffic.Answer::tokens)
        .sum();
  }

  private long used(String model) {
    return traffic.answers(model).stream().mapToLong(Traffic.Answer::tokens).sum();
  }

  private long billed(String model) throws Exception {
    return LIMITS.contains(model)
        ? redis.number("higress-token-ratelimit:" + model + ":global_threshold:86400")
        : filled(model) - redis.number(balance(model));
  }

  private static List<String> all() {
    return List.of(
        "limit-open", "limit-closed", "limit-share", "quota-open", "quota-closed", "quota-share");
  }

  private static String balance(String quota) {
    return quota + ":user";
  }

  private static long filled(String quota) {
    return quota.endsWith("share") ? SHARED : PLENTY;
  }

  private StartingPoint config(int port) throws Exception {
    StringBuilder yaml =
        new StringBuilder(
            """
            node: { data_dir: "%s" }
            proxy: { http: { host: 127.0.0.1, port: %d } }
            admin: { port: %d }
            log: { decisions: off }
            store: { redis: "redis://127.0.0.1:%d", timeout: 500ms }
            providers: [ { name: simulated, type: openai, base_url: "http://127.0.0.1:%d/v1" } ]
            consumers: [ { name: user, keys: [%s] } ]
            routes:
            """
                .formatted(
                    directory.resolve("node"), port, admin, redis.port(), provider.port(), KEY));
    for (String model : LIMITS) {
      yaml.append(
          """
          - { name: %1$s, path_prefix: /v1, models: [%1$s], upstreams: [simulated],
              auth: { in_header: [x-api-key] },
              ai-token-ratelimit: { rule_name: %1$s, fail: %2$s,
                global_threshold: { token_per_day: %3$d } } }
          """
              .formatted(model, policy(model), filled(model)));
    }
    for (String model : QUOTAS) {
      yaml.append(
          """
          - { name: %1$s, path_prefix: /v1, models: [%1$s], upstreams: [simulated],
              auth: { in_header: [x-api-key] },
              ai-quota: { redis_key_prefix: "%1$s:", admin_consumer: user, fail: %2$s } }
          """
              .formatted(model, policy(model)));
    }
    return Starts.alone(yaml.toString());
  }

  private static String policy(String model) {
    return model.substring(model.indexOf('-') + 1);
  }
}
