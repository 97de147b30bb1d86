package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred requests at once do not get more than one after another would. */
class ConcurrencyIT {
  private static final String ADMIN = TwoRoutes.ADMIN_KEY;
  private static final String USER = TwoRoutes.USER_KEY;
  private static final int CALLERS = 100;

  @TempDir Path directory;

  @Test
  void a_hundred_at_once_against_a_limit_of_a_hundred_a_minute() throws Exception {
    List<Integer> ports = List.of(FreePorts.next(), FreePorts.next());
    try (Tollgate gateway = start(ports)) {
      ApiClient client = new ApiClient(ports.get(0));

      List<HttpResponse<String>> answers =
          client.chats(CALLERS, USER, "limited", "Tell me a long story. ".repeat(45), 730);

      List<HttpResponse<String>> passed = withStatus(answers, 200);
      assertThat(withStatus(answers, 429)).hasSize(CALLERS - passed.size());
      assertThat(passed).hasSize(1);
      long used = passed.stream().mapToLong(ApiClient::tokensOf).sum();
      // The refusal after all have ended tells what the counter holds.
      Eventually.that(
          () ->
              assertThat(client.chat(USER, "limited", "again").body())
                  .contains("\"used\":" + used)
                  .contains("\"held\":0"));
      System.out.printf(
          "limit 100/min, %d at once: %d passed, counter %d = tokens of those that passed %d%n",
          CALLERS, passed.size(), used, used);
    }
  }

  @Test
  void a_hundred_at_once_against_a_quota_of_a_hundred() throws Exception {
    List<Integer> ports = List.of(FreePorts.next(), FreePorts.next());
    try (Tollgate gateway = start(ports)) {
      ApiClient client = new ApiClient(ports.get(0));
      client.setQuota(ADMIN, "user", 100);

      List<HttpResponse<String>> answers =
          client.chats(CALLERS, USER, "metered", "Tell me a long story. ".repeat(45), 730);

      List<HttpResponse<String>> passed = withStatus(answers, 200);
      assertThat(withStatus(answers, 403)).hasSize(CALLERS - passed.size());
      assertThat(passed).hasSize(1);
      long used = passed.stream().mapToLong(ApiClient::tokensOf).sum();
      Eventually.that(() -> assertThat(client.quota(ADMIN, "user")).isEqualTo(100 - used));
      System.out.printf(
          "quota 100, %d at once: %d passed, balance %d = 100 - %d%n",
          CALLERS, passed.size(), 100 - used, used);
    }
  }

  @Test
  void one_caller_alone_is_served_until_the_balance_is_spent() throws Exception {
    List<Integer> ports = List.of(FreePorts.next(), FreePorts.next());
    try (Tollgate gateway = start(ports)) {
      ApiClient client = new ApiClient(ports.get(0));
      client.setQuota(ADMIN, "user", 200);

      // Each request holds all that is left, and comes as soon as the last one is answered.
      long left = 200;
      while (left > 0) {
        HttpResponse<String> answer = client.chat(USER, "metered", "hello");
        assertThat(answer.statusCode()).as("with %d left", left).isEqualTo(200);
        left -= ApiClient.tokensOf(answer);
      }
      assertThat(client.chat(USER, "metered", "hello").statusCode()).isEqualTo(403);
      assertThat(client.quota(ADMIN, "user")).isEqualTo(left);
    }
  }

  private static List<HttpResponse<String>> withStatus(
      List<HttpResponse<String>> answers, int status) {
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.statusCode()).as(answer.body()).isNotEqualTo(503));
    return answers.stream().filter(answer -> answer.statusCode() == status).toList();
  }

  private Tollgate start(List<Integer> ports) throws Exception {
    Path config = directory.resolve("gateway.yaml");
    Files.writeString(
        config,
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { port: %d, token: some-token }
        """
                .formatted(directory.resolve("data"), ports.get(0), ports.get(1))
            + TwoRoutes.yaml(
                "first_token: 500ms, interval: 1ms",
                "limit_by_consumer: '', limit_keys: [ { key: user, token_per_minute: 100 } ]"));
    return Tollgate.start(directory, List.of("run", "--config", config.toString())).awaitReady();
  }
}
