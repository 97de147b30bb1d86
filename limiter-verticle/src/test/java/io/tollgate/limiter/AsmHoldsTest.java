package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.tokens.Count;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers of the limiter's own port have of saying who is asking. */
class AsmHoldsTest {
  private static final String USER = "regular-user";

  @TempDir Path directory;

  private RedisFixture redis;
  private AsmService service;

  @BeforeEach
  void start() throws Exception {
    redis = RedisFixture.start(directory);
    service = AsmService.start(redis, false, Count.TOTAL);
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    redis.close();
  }

  @Test
  void requests_at_once_pass_no_more_than_the_balance_has_room_for() throws Exception {
    List<Callable<Boolean>> checks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String id = "r" + i;
      checks.add(() -> service.check(id, 10, USER).body().contains("true"));
    }
    int passed = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      for (Future<Boolean> answer : callers.invokeAll(checks)) {
        passed += answer.get() ? 1 : 0;
      }
    }
    assertThat(passed).isEqualTo(5);
  }

  @Test
  void a_hold_counts_for_callers_who_do_not_say_who_they_are() throws Exception {
    service.check("r1", 50, USER);

    assertThat(service.check(USER).body()).contains("regular-user is being rate-limited");
    assertThat(redis.get(USER)).isEqualTo("50");
  }

  @Test
  void an_update_frees_the_hold_and_takes_what_was_used_once() throws Exception {
    service.check("r1", 50, USER);

    service.update("r1", 20, USER);
    service.update("r1", 20, USER);

    assertThat(redis.get(USER)).isEqualTo("30");
    assertThat(service.check("r2", 10, USER).body()).contains("true");
  }

  @Test
  void all_keys_are_held_or_none() throws Exception {
    service.check("r1", 50, "regular-user-2");

    assertThat(service.check("r2", 10, "regular-user-1", "regular-user-2").body())
        .contains("regular-user-2 is being rate-limited");
    assertThat(held("regular-user-1")).isNull();
  }

  @Test
  void a_check_that_is_repeated_holds_once() throws Exception {
    service.check("r1", 50, USER);

    assertThat(service.check("r1", 50, USER).body()).contains("true");
    assertThat(held(USER)).isEqualTo("50");
  }

  @Test
  void a_hold_without_an_update_lapses_and_a_late_update_counts() throws Exception {
    service.check("r1", 50, USER);
    assertThat(redis.send(Command.ZSCORE, "{regular-user}:leases", "r1").toLong())
        .isGreaterThan(System.currentTimeMillis() + 50_000);
    redis.send(Command.ZADD, "{regular-user}:leases", "1", "r1");

    assertThat(service.check("r2", 10, USER).body()).contains("true");
    assertThat(held(USER)).isEqualTo("10");
    service.update("r1", 45, USER);
    assertThat(redis.get(USER)).isEqualTo("5");
    assertThat(held(USER)).isEqualTo("10");
  }

  @Test
  void usage_that_finds_its_bucket_gone_begins_a_new_one() throws Exception {
    service.check("r1", 50, USER);
    redis.send(Command.DEL, USER, USER + "_last_fill_time");

    service.update("r1", 80, USER);

    assertThat(redis.get(USER)).isEqualTo("-30");
    assertThat(service.check(USER).body()).contains("false");
  }

  @Test
  void nothing_of_ours_is_without_an_end() throws Exception {
    service.check("r1", 50, USER);
    service.check("r2", 50, "subscriber-1");
    service.update("r1", 20, USER);

    for (var key : redis.send(Command.KEYS, "*")) {
      assertThat(redis.millisToLive(key.toString())).as(key.toString()).isPositive();
    }
  }

  @Test
  void estimates_by_direction_are_held_by_what_is_counted() throws Exception {
    service.get(
        "/ratelimit?request_id=r1&prompt_estimate=7&completion_estimate=20&ratelimit_keys="
            + AsmService.encoded("[\"regular-user\"]"));

    assertThat(held(USER)).isEqualTo("27");
  }

  @Test
  void what_cannot_be_read_is_told() throws Exception {
    for (String bad :
        new String[] {
          "request_id=",
          "request_id=r&estimate=x",
          "request_id=r&lease_seconds=0",
          "request_id=r&lease_seconds=3601",
          "request_id=" + "r".repeat(201)
        }) {
      assertThat(service.get("/ratelimit?" + bad).statusCode()).as(bad).isEqualTo(400);
      assertThat(service.get("/ratelimit?" + bad).body()).as(bad).contains("allowed is");
    }
  }

  private String held(String key) throws Exception {
    var held = redis.send(Command.HGET, '{' + key + "}:holds", "held");
    return held == null ? null : held.toString();
  }
}
