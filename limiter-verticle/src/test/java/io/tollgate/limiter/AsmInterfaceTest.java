package io.tollgate.limiter;

import static io.tollgate.limiter.AsmService.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.tokens.Count;
import io.vertx.redis.client.Command;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ASM's contract to the letter, as its filter knows it: nobody says who is asking. */
class AsmInterfaceTest {
  private static final String OK = "{\"allow\":true,\"description\":\"ok\"}";
  private static final String USER = "regular-user";
  private static final String FILLED = "regular-user_last_fill_time";

  @TempDir Path directory;

  private RedisFixture redis;
  private AsmService service;

  @BeforeEach
  void start() throws Exception {
    redis = RedisFixture.start(directory);
    service = AsmService.start(redis, false, Count.OUTPUT);
  }

  @AfterEach
  void stop() throws Exception {
    service.close();
    redis.close();
  }

  @Test
  void the_documents_example_runs_with_its_texts() throws Exception {
    assertThat(service.check(USER).body()).isEqualTo(OK);
    assertThat(service.update(1000, 60, USER)).isEqualTo(200);

    HttpResponse<String> refused = service.check(USER);

    assertThat(refused.statusCode()).isEqualTo(200);
    assertThat(refused.body())
        .isEqualTo("{\"allow\":false,\"description\":\"regular-user is being rate-limited\"}");
    assertThat(service.check("subscriber-1").body()).isEqualTo(OK);
    service.secondsPass(FILLED, 30);
    assertThat(service.check(USER).body()).isEqualTo(OK);
    assertThat(redis.get(USER)).isEqualTo("40");
    service.secondsPass(FILLED, 10_000);
    service.check(USER);
    assertThat(redis.get(USER)).isEqualTo("200");
    service.secondsPass("subscriber-1_last_fill_time", 10_000);
    service.check("subscriber-1");
    assertThat(redis.get("subscriber-1")).isEqualTo("1000");
  }

  @Test
  void a_bucket_begins_with_one_fill_and_expires_with_its_time_of_filling() throws Exception {
    service.check(USER);

    assertThat(redis.get(USER)).isEqualTo("50");
    assertThat(redis.millisToLive(USER)).isBetween(295_000L, 300_000L);
    assertThat(redis.millisToLive(FILLED)).isBetween(295_000L, 300_000L);
  }

  @Test
  void debt_is_paid_back_by_fills_and_parts_of_a_step_are_lost() throws Exception {
    service.check(USER);
    service.update(0, 500, USER);
    assertThat(redis.get(USER)).isEqualTo("-450");

    service.secondsPass(FILLED, 59);
    assertThat(service.check(USER).body()).contains("false");
    assertThat(redis.get(USER)).isEqualTo("-400");
    service.secondsPass(FILLED, 20);
    service.check(USER);
    assertThat(redis.get(USER)).isEqualTo("-400");
  }

  @Test
  void balances_that_exist_are_used_as_they_are() throws Exception {
    String now = redis.send(Command.TIME).get(0).toString();
    redis.send(Command.SET, USER, "7");
    redis.send(Command.SET, FILLED, now);

    service.check(USER);
    service.update(0, 3, USER);

    assertThat(redis.get(USER)).isEqualTo("4");
  }

  @Test
  void a_bucket_one_of_whose_keys_is_missing_begins_anew() throws Exception {
    redis.send(Command.SET, USER, "-900");

    assertThat(service.check(USER).body()).isEqualTo(OK);
    assertThat(redis.get(USER)).isEqualTo("50");
  }

  @Test
  void keys_after_the_first_exhausted_one_are_neither_asked_nor_filled() throws Exception {
    service.check("regular-user-1", "regular-user-2", "regular-user-3");
    service.update(0, 60, "regular-user-2");
    service.secondsPass("regular-user-3_last_fill_time", 30);

    assertThat(service.check("regular-user-1", "regular-user-2", "regular-user-3").body())
        .isEqualTo("{\"allow\":false,\"description\":\"regular-user-2 is being rate-limited\"}");
    assertThat(redis.get("regular-user-3")).isEqualTo("50");
  }

  @Test
  void a_key_without_a_rule_is_free_and_leaves_nothing() throws Exception {
    assertThat(service.check("nobody").body()).isEqualTo(OK);
    assertThat(service.update(0, 70, "nobody")).isEqualTo(200);

    assertThat(redis.get("nobody")).isNull();
  }

  @Test
  void missing_and_malformed_keys_are_no_keys() throws Exception {
    for (String query :
        new String[] {
          "",
          "?ratelimit_keys=",
          "?ratelimit_keys=regular-user",
          "?ratelimit_keys=" + encoded("[\"regular-user\""),
          "?ratelimit_keys=" + encoded("{\"a\":1}"),
          "?ratelimit_keys=" + encoded("[1,2]"),
          "?ratelimit_keys=null"
        }) {
      HttpResponse<String> answer = service.get("/ratelimit" + query);
      assertThat(answer.statusCode()).as(query).isEqualTo(200);
      assertThat(answer.body()).as(query).isEqualTo(OK);
    }
  }

  @Test
  void the_method_is_not_checked() throws Exception {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(
                service.uri("/ratelimit?ratelimit_keys=" + encoded("[\"regular-user\"]")))
            .POST(HttpRequest.BodyPublishers.ofString("any"));

    assertThat(service.send(post).body()).isEqualTo(OK);
  }

  @Test
  void a_key_that_redis_cannot_read_is_400_without_a_body_and_500_at_an_update() throws Exception {
    redis.send(Command.HSET, USER, "a", "b");

    HttpResponse<String> answer = service.check(USER);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEmpty();
    assertThat(service.update(0, 1, USER)).isEqualTo(500);
  }

  @Test
  void a_key_that_redis_cannot_read_does_not_matter_behind_an_exhausted_one() throws Exception {
    redis.send(Command.SET, "regular-user-2", "not a number");
    service.check("regular-user-1");
    service.update(0, 50, "regular-user-1");

    assertThat(service.check("regular-user-1", "regular-user-2").statusCode()).isEqualTo(200);
    assertThat(service.check("regular-user-2", "regular-user-1").statusCode()).isEqualTo(400);
  }

  @Test
  void without_redis_a_check_is_400_and_an_update_500() throws Exception {
    ProcessHandle server = ProcessHandle.of(redis.redisPid()).orElseThrow();
    server.destroyForcibly();
    server.onExit().get();

    assertThat(service.check(USER).statusCode()).isEqualTo(400);
    assertThat(service.check(USER).body()).isEmpty();
    assertThat(service.update(0, 1, USER)).isEqualTo(500);
  }

  @Test
  void an_update_that_cannot_be_read_is_400() throws Exception {
    for (String body :
        new String[] {
          "",
          "{",
          "[]",
          "7",
          "{\"ratelimit_keys\":\"a\"}",
          "{\"completion_tokens\":\"5\"}",
          "{\"completion_tokens\":-5}",
          "{\"ratelimit_keys\":[]} x",
          "{\"request_id\":\"\"}"
        }) {
      assertThat(service.post(body).statusCode()).as(body).isEqualTo(400);
    }
    HttpResponse<String> done = service.post("{}");
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(done.body()).isEmpty();
  }

  @Test
  void a_debit_leaves_no_key_without_an_end() throws Exception {
    service.update(0, 70, USER);
    redis.send(Command.SET, "regular-user-2", "5");
    service.update(0, 70, "regular-user-2");

    assertThat(redis.get(USER)).isEqualTo("-70");
    assertThat(redis.millisToLive(USER)).isPositive();
    assertThat(redis.millisToLive("regular-user-2")).isPositive();
    assertThat(service.check(USER).body()).isEqualTo(OK);
    assertThat(redis.get(USER)).isEqualTo("50");
  }

  @Test
  void a_key_that_is_named_twice_is_debited_twice() throws Exception {
    service.check(USER);
    service.update(0, 10, USER, USER);

    assertThat(redis.get(USER)).isEqualTo("30");
  }

  @Test
  void a_body_that_is_too_large_and_too_many_keys_are_told() throws Exception {
    HttpResponse<String> large =
        service.post("{\"ratelimit_keys\":[\"" + "x".repeat(300_000) + "\"]}");
    String[] many = new String[101];
    java.util.Arrays.fill(many, USER);

    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(large.body()).contains("262144");
    assertThat(service.check(many).statusCode()).isEqualTo(400);
    assertThat(service.check(many).body()).contains("at most 100");
    assertThat(service.get("/other").statusCode()).isEqualTo(404);
  }

  @Test
  void a_callers_key_cannot_reach_what_is_not_its_bucket() throws Exception {
    redis.send(Command.SET, "chat_quota:regular-user", "5000");
    service.check("regular-user");
    String filled = redis.get(FILLED);
    String longKey = "regular-user" + "x".repeat(2000);

    for (String key : new String[] {"chat_quota:regular-user", FILLED, longKey}) {
      assertThat(service.check(key).body()).isEqualTo(OK);
      service.update(0, 60, key);
      assertThat(service.check(key).body()).contains(key + " is being rate-limited");
    }

    assertThat(redis.get("chat_quota:regular-user")).isEqualTo("5000");
    assertThat(redis.get(FILLED)).isEqualTo(filled);
    assertThat(redis.get(longKey)).isNull();
  }

  @Test
  void what_is_asked_is_counted() throws Exception {
    service.check(USER);
    service.update(0, 60, USER);
    service.check(USER);

    assertThat(counter("tollgate.asm.checks", "allowed")).isEqualTo(1);
    assertThat(counter("tollgate.asm.checks", "refused")).isEqualTo(1);
    assertThat(counter("tollgate.asm.updates", "debited")).isEqualTo(1);
  }

  private double counter(String name, String outcome) {
    return redis.meters.get(name).tag("outcome", outcome).counter().count();
  }
}
