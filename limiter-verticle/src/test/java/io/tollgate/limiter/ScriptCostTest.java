package io.tollgate.limiter;

import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.Admission.Admitted;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commands the scripts run in Redis, whose time is everybody's. */
class ScriptCostTest {
  private static final Pattern CALLS = Pattern.compile("cmdstat_([a-z]+):calls=(\\d+)");
  private static final Set<String> OUR_OWN = Set.of("config", "info", "eval", "evalsha");

  @TempDir static Path directory;
  private static RedisFixture redis;
  private static RedisLimiter limiter;
  private static int requests;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisFixture.start(directory);
    limiter = limiter(CounterTimes.USUAL);
  }

  private static RedisLimiter limiter(CounterTimes times) {
    return Limiters.limiter(
        redis,
        Limiters.rules(block("r", LimitTerms.fixed(1_000_000, 3600))),
        new CounterStore(redis.link, Limiters.names(), times, CounterScripts.USUAL));
  }

  @AfterAll
  static void stop() throws Exception {
    redis.close();
  }

  /** A window that runs, in which something was used: what most requests find. */
  @BeforeEach
  void begin() throws Exception {
    settle(admit(1));
  }

  @Test
  void an_admission_reads_three_times_and_writes_once() throws Exception {
    redis.send(Command.CONFIG, "RESETSTAT");
    admit(1);

    assertThat(commands()).isEqualTo(Map.of("time", 1, "hmget", 1, "get", 1, "pttl", 1, "hset", 1));
  }

  @Test
  void a_settlement_reads_twice_and_writes_four_times() throws Exception {
    Map<String, List<LimitHold>> admitted = admit(1);
    redis.send(Command.CONFIG, "RESETSTAT");
    settle(admitted);

    assertThat(commands())
        .isEqualTo(
            Map.of(
                "time", 1, "hmget", 1, "smismember", 1, "set", 1, "sadd", 1, "hdel", 1, "hset", 1));
  }

  @Test
  void a_renewal_reads_once_and_writes_once() throws Exception {
    Map<String, List<LimitHold>> admitted = admit(1);
    redis.send(Command.CONFIG, "RESETSTAT");
    for (Map.Entry<String, List<LimitHold>> each : admitted.entrySet()) {
      redis.on(() -> limiter.renew(Asks.open(each.getKey(), 5, each.getValue())));
    }

    assertThat(commands()).isEqualTo(Map.of("time", 1, "hmget", 1, "hset", 1));
  }

  @Test
  void requests_that_share_a_call_and_a_counter_share_the_commands() throws Exception {
    redis.send(Command.CONFIG, "RESETSTAT");
    Map<String, List<LimitHold>> admitted = admit(11);
    settle(admitted);

    // The first goes alone, the ten that come meanwhile together: two calls of each script.
    assertThat(commands())
        .containsEntry("time", 4)
        .containsEntry("hmget", 4)
        .containsEntry("hset", 4)
        .containsEntry("smismember", 2)
        .containsEntry("sadd", 2);
  }

  @Test
  void the_index_of_leases_is_told_of_a_counter_once_however_many_requests_go_by_it()
      throws Exception {
    redis.send(Command.FLUSHALL);
    redis.send(Command.CONFIG, "RESETSTAT");
    RedisLimiter patient =
        limiter(new CounterTimes(Duration.ofHours(1), Duration.ofMinutes(30), Duration.ofDays(1)));
    for (int i = 0; i < 50; i++) {
      String id = "patient" + i;
      redis.on(() -> patient.admit(request(id).estimate(10).ask()));
    }

    assertThat(commands())
        .containsEntry("time", 51)
        .containsEntry("zscore", 1)
        .containsEntry("zadd", 1);
  }

  private Map<String, List<LimitHold>> admit(int count) throws Exception {
    List<String> ids = new ArrayList<>();
    List<Future<Admission>> all = new ArrayList<>();
    redis.on(
        () -> {
          for (int i = 0; i < count; i++) {
            String id = "r" + requests++;
            ids.add(id);
            all.add(limiter.admit(request(id).estimate(10).ask()));
          }
          return Future.all(all);
        });
    Map<String, List<LimitHold>> holds = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      holds.put(ids.get(i), ((Admitted) all.get(i).result()).holds());
    }
    return holds;
  }

  private void settle(Map<String, List<LimitHold>> admitted) throws Exception {
    redis.on(
        () -> {
          List<Future<?>> all = new ArrayList<>();
          admitted.forEach((id, holds) -> all.add(limiter.settle(Asks.used(id, 7, holds))));
          return Future.all(all);
        });
  }

  private static Map<String, Integer> commands() throws Exception {
    Map<String, Integer> commands = new TreeMap<>();
    Matcher calls = CALLS.matcher(redis.send(Command.INFO, "commandstats").toString());
    while (calls.find()) {
      if (!OUR_OWN.contains(calls.group(1))) {
        commands.put(calls.group(1), Integer.valueOf(calls.group(2)));
      }
    }
    return commands;
  }
}
