package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.tokens.Count;
import io.tollgate.limiter.AsmLimiter.Identity;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * The scripts of the ASM interface against {@link AsmBucketModel}, on one Redis and on a cluster of
 * two masters: requests with and without ids, over buckets of several slots.
 */
class AsmPropertyTest {
  /** So long that no fill happens but where a test says so. */
  private static final LimiterHttp.Rule RULE =
      new LimiterHttp.Rule("^user", 1000, 50, 120, 100_000);

  private static final List<String> KEYS = List.of("user-1", "user-2", "user{3}x", "user-4");

  private static Path directory;
  private static RedisFixture single;
  private static RedisFixture cluster;

  /** One thing that happens. */
  sealed interface Step {
    record Check(String id, List<String> keys, long wanted) implements Step {}

    record Debit(String id, List<String> keys, long tokens) implements Step {}

    record Lapse(String id) implements Step {}

    record SecondsPass(String key, long seconds) implements Step {}

    record Expire(String key) implements Step {}
  }

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("tollgate-asm");
    single = RedisFixture.start(directory.resolve("single"));
    cluster = RedisFixture.startCluster(directory.resolve("cluster"), 2);
  }

  @AfterContainer
  static void stop() throws Exception {
    single.close();
    cluster.close();
    try (var files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(AsmPropertyTest::delete);
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
  void scripts_and_model_agree_on_one_redis(@ForAll("steps") List<Step> steps) throws Exception {
    new Run(single, false).play(steps);
  }

  @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
  void scripts_and_model_agree_on_a_cluster(@ForAll("steps") List<Step> steps) throws Exception {
    new Run(cluster, true).play(steps);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> ids = Arbitraries.of("", "", "a", "b", "c", "d");
    Arbitrary<List<String>> keys = Arbitraries.of(KEYS).list().ofMinSize(1).ofMaxSize(3);
    Arbitrary<Long> tokens = Arbitraries.longs().between(0, 90);
    return Arbitraries.frequencyOf(
            Tuple.of(6, Combinators.combine(ids, keys, tokens).as(AsmPropertyTest::check)),
            Tuple.of(5, Combinators.combine(ids, keys, tokens).as(AsmPropertyTest::debit)),
            Tuple.of(1, Arbitraries.of("a", "b", "c", "d").map(Step.Lapse::new)),
            Tuple.of(
                2,
                Combinators.combine(Arbitraries.of(KEYS), Arbitraries.of(500L, 1000L, 2500L))
                    .as(Step.SecondsPass::new)),
            Tuple.of(1, Arbitraries.of(KEYS).map(Step.Expire::new)))
        .list()
        .ofMinSize(5)
        .ofMaxSize(40);
  }

  private static Step check(String id, List<String> keys, long wanted) {
    return new Step.Check(id, keysOf(id, keys), Math.max(1, wanted));
  }

  private static Step debit(String id, List<String> keys, long tokens) {
    return new Step.Debit(id, keysOf(id, keys), tokens);
  }

  /** A request that is identified has the same keys each time. */
  private static List<String> keysOf(String id, List<String> keys) {
    return switch (id) {
      case "" -> keys;
      case "a" -> List.of("user-1");
      case "b" -> List.of("user-1", "user-2", "user-4");
      case "c" -> List.of("user{3}x", "user-1");
      default -> KEYS;
    };
  }

  /** One sequence of steps on a Redis that is empty at first. */
  private static final class Run {
    private final RedisFixture redis;
    private final boolean inCluster;
    private final AsmNames names;
    private final AsmLimiter limiter;
    private final Map<String, AsmBucketModel> models = new LinkedHashMap<>();

    Run(RedisFixture redis, boolean inCluster) throws Exception {
      this.redis = redis;
      this.inCluster = inCluster;
      this.names = new AsmNames(inCluster, List.of());
      LimiterHttp http =
          new LimiterHttp(
              new Listen("127.0.0.1", 0), List.of(RULE), Count.OUTPUT, StoreConfig.NODE);
      this.limiter = new AsmLimiter(Live.fixed(AsmTariff.of(http, names)), redis.link);
      for (String key : KEYS) {
        models.put(key, new AsmBucketModel(RULE));
        AsmBucket.Keys at = names.of(key);
        for (String name :
            List.of(
                at.balance(),
                at.filled(),
                at.side() + ":holds",
                at.side() + ":leases",
                at.side() + ":settled")) {
          redis.send(Command.DEL, name);
        }
      }
    }

    void play(List<Step> steps) throws Exception {
      for (Step step : steps) {
        play(step);
        compare(step);
      }
    }

    private void play(Step step) throws Exception {
      switch (step) {
        case Step.Check check -> check(check);
        case Step.Debit debit -> {
          redis.on(() -> limiter.debit(debit.keys(), debit.id(), debit.tokens()));
          debit.keys().stream()
              .distinct()
              .forEach(key -> debit(debit, key, count(debit.keys(), key)));
        }
        case Step.Lapse lapse -> {
          for (String key : KEYS) {
            redis.send(Command.ZADD, names.of(key).side() + ":leases", "XX", "1", lapse.id());
            models.get(key).lapse(lapse.id());
            // What has lapsed is found at the next look.
            redis.on(() -> limiter.check(List.of(key), Identity.UNKNOWN));
            models.get(key).look("", 1);
          }
        }
        case Step.SecondsPass pass -> {
          String filled = redis.get(names.of(pass.key()).filled());
          if (filled != null) {
            long earlier = Long.parseLong(filled) - pass.seconds();
            redis.send(
                Command.SET, names.of(pass.key()).filled(), Long.toString(earlier), "KEEPTTL");
          }
          models.get(pass.key()).secondsPass(pass.seconds());
        }
        case Step.Expire expire -> {
          redis.send(Command.DEL, names.of(expire.key()).balance());
          redis.send(Command.DEL, names.of(expire.key()).filled());
          models.get(expire.key()).expire();
        }
      }
    }

    private static int count(List<String> keys, String key) {
      return (int) keys.stream().filter(key::equals).count();
    }

    /** Without an id each mention of a key is debited. */
    private void debit(Step.Debit debit, String key, int mentions) {
      for (int i = 0; i < (debit.id().isEmpty() ? mentions : 1); i++) {
        models.get(key).debit(debit.id(), debit.tokens());
      }
    }

    private void check(Step.Check check) throws Exception {
      Identity identity =
          check.id().isEmpty()
              ? Identity.UNKNOWN
              : new Identity(check.id(), check.wanted(), Duration.ofSeconds(60));

      Optional<String> found = redis.on(() -> limiter.check(check.keys(), identity));

      assertThat(found).as("%s", check).isEqualTo(expected(check, identity));
    }

    private Optional<String> expected(Step.Check check, Identity identity) {
      Map<String, Long> parts = new LinkedHashMap<>();
      for (String key : check.keys()) {
        long part = models.get(key).look(check.id(), identity.tokens());
        if (part <= 0) {
          if (inCluster) {
            // What other slots hold for a request is given back with what they have just taken.
            givenBack(check, key);
          }
          return Optional.of(key);
        }
        parts.put(key, part);
      }
      parts.forEach((key, part) -> models.get(key).take(check.id(), part));
      return Optional.empty();
    }

    private void givenBack(Step.Check check, String exhausted) {
      int own = slotOf(exhausted);
      for (String key : check.keys()) {
        if (key.equals(exhausted)) {
          return;
        }
        if (!check.id().isEmpty() && slotOf(key) != own) {
          models.get(key).lapse(check.id());
        }
      }
    }

    private int slotOf(String key) {
      return redis.link.slot(() -> names.of(key).balance());
    }

    private void compare(Step after) throws Exception {
      for (Map.Entry<String, AsmBucketModel> each : models.entrySet()) {
        AsmBucket.Keys at = names.of(each.getKey());
        String balance = redis.get(at.balance());
        assertThat(balance == null ? null : Long.valueOf(balance))
            .as("balance of %s after %s", each.getKey(), after)
            .isEqualTo(each.getValue().balance());
        var held = redis.send(Command.HGET, at.side() + ":holds", "held");
        assertThat(held == null ? 0 : held.toLong())
            .as("held of %s after %s", each.getKey(), after)
            .isEqualTo(each.getValue().held());
        if (balance != null) {
          assertThat(redis.millisToLive(at.balance())).isPositive();
        }
      }
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
