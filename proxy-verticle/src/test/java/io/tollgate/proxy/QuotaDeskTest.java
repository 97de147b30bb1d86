package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.quota.Accounts;
import io.vertx.core.Future;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuotaDeskTest {
  private static final String QUOTA = "/v1/chat/completions/quota";

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(
                        Given.forModels(
                            Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit()),
                            "qwen-max"),
                        route("rest", upstream("p"))),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
    assertThat(gateway.provider.received).isEmpty();
    assertThat(gateway.services.reserved).isEmpty();
    assertThat(gateway.services.admitted).isEmpty();
  }

  @Test
  void reads_a_balance() throws Exception {
    gateway.services.balances.put("ann", 500L);

    HttpResponse<String> answer = gateway.send(admin(QUOTA + "?consumer=ann"));

    expect(answer, 200, "application/json", "{\"consumer\":\"ann\",\"quota\":500}");
    expect(
        gateway.send(admin(QUOTA + "?consumer=nobody")),
        200,
        "application/json",
        "{\"consumer\":\"nobody\",\"quota\":0}");
  }

  @Test
  void finds_the_route_without_the_models_name_too() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.request(QUOTA + "?consumer=ann").header("x-api-key", "admin-key"));

    expect(answer, 200, "application/json", "{\"consumer\":\"ann\",\"quota\":0}");
  }

  @Test
  void sets_and_changes_a_balance_from_a_form() throws Exception {
    expect(
        form("/refresh", "consumer=ann&quota=100"), 200, "text/plain", "refresh quota successful");
    assertThat(gateway.services.balances).containsEntry("ann", 100L);

    expect(form("/delta", "consumer=ann&value=-130"), 200, "text/plain", "delta quota successful");
    assertThat(gateway.services.balances).containsEntry("ann", -30L);
  }

  @Test
  void sets_and_changes_a_balance_from_json() throws Exception {
    expect(
        post("/refresh", "application/json", "{\"consumer\":\"ann\",\"quota\":100}"),
        200,
        "text/plain",
        "refresh quota successful");
    expect(
        post("/delta", "application/json", "{\"consumer\":\"ann\",\"value\":\"5\"}"),
        200,
        "text/plain",
        "delta quota successful");
    assertThat(gateway.services.balances).containsEntry("ann", 105L);
  }

  @Test
  void refuses_what_it_cannot_understand_in_higress_words() throws Exception {
    String denied = "Request denied by ai quota check. ";
    expect(gateway.send(admin(QUOTA)), 403, "text/plain", denied + "consumer can't be empty.");
    for (String body :
        List.of(
            "",
            "quota=100",
            "consumer=&quota=1",
            "consumer=ann",
            "consumer=ann&quota=1.5",
            "consumer=ann&quota=%zz",
            "{\"consumer\":\"ann\"",
            "{\"consumer\":\"ann\",\"quota\":{}}")) {
      expect(
          form("/refresh", body),
          403,
          "text/plain",
          denied + "consumer can't be empty and quota must be integer.");
    }
    expect(
        form("/delta", "consumer=ann&quota=1"),
        403,
        "text/plain",
        denied + "consumer can't be empty and value must be integer.");
    assertThat(gateway.services.balances).isEmpty();
  }

  @Test
  void lets_nobody_but_the_administrator_do_so() throws Exception {
    HttpResponse<String> answer =
        gateway.send(
            gateway
                .request(QUOTA + "?consumer=ann")
                .header("x-api-key", "ann-key")
                .header("x-higress-llm-model", "qwen-max"));

    expect(
        answer,
        403,
        "text/plain",
        "Request denied by ai quota check. Unauthorized admin consumer.");
    assertThat(gateway.send(gateway.request(QUOTA + "?consumer=ann")).statusCode()).isEqualTo(401);
  }

  @Test
  void changes_nothing_by_get() throws Exception {
    for (String change : List.of("/refresh", "/delta")) {
      HttpResponse<String> answer = gateway.send(admin(QUOTA + change));

      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).contains("POST");
    }
  }

  @Test
  void says_when_the_store_is_down() throws Exception {
    gateway.services.accounts =
        query -> Future.succeededFuture(new Accounts.StoreFailed("store node: timed out"));

    expect(
        gateway.send(admin(QUOTA + "?consumer=ann")),
        503,
        "text/plain",
        "redis error:store node: timed out");
  }

  private HttpRequest.Builder admin(String path) {
    return gateway
        .request(path)
        .header("x-api-key", "admin-key")
        .header("x-higress-llm-model", "qwen-max");
  }

  private HttpResponse<String> form(String change, String body) throws Exception {
    return post(change, "application/x-www-form-urlencoded", body);
  }

  private HttpResponse<String> post(String change, String type, String body) throws Exception {
    return gateway.send(
        admin(QUOTA + change)
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static void expect(HttpResponse<String> answer, int status, String type, String body) {
    assertThat(answer.body()).isEqualTo(body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains(type);
  }
}
