package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementTest {
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(Given.with(route("chat", upstream("p")), Given.QUOTA, Given.limit())),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void delivers_a_settlement_until_it_is_confirmed() throws Exception {
    AtomicInteger left = new AtomicInteger(6);
    gateway.services.settlement =
        event ->
            left.getAndDecrement() > 0
                ? Future.failedFuture("the store is down")
                : Future.succeededFuture(Acknowledged.YES);

    HttpResponse<String> answer = chat();

    assertThat(answer.statusCode()).isEqualTo(200);
    Gateway.eventually(
        "all is settled",
        () ->
            left.get() <= -2
                && gateway.meters.get("tollgate.settlements.pending").gauge().value() == 0);
    assertThat(gateway.services.limiterSettled.stream().distinct()).hasSize(1);
    assertThat(gateway.services.quotaSettled.stream().distinct()).hasSize(1);
    assertThat(gateway.meters.get("tollgate.settlements.retried").counter().count()).isEqualTo(6);
  }

  @Test
  void does_not_let_the_client_wait_for_the_settlement() throws Exception {
    gateway.services.settlement = event -> Future.failedFuture("the store is down");

    for (int i = 0; i < 20; i++) {
      assertThat(chat().statusCode()).isEqualTo(200);
    }

    Gateway.eventually(
        "they wait to be settled",
        () -> gateway.meters.get("tollgate.settlements.pending").gauge().value() == 40);
    gateway.services.settlement = event -> Future.succeededFuture(Acknowledged.YES);
    Gateway.eventually(
        "all are settled",
        () -> gateway.meters.get("tollgate.settlements.pending").gauge().value() == 0);
    assertThat(gateway.services.limiterSettled.stream().map(UsageEvent::requestId).distinct())
        .hasSize(20);
  }

  @Test
  void settles_others_while_one_cannot_be_settled() throws Exception {
    AtomicReference<String> poisoned = new AtomicReference<>();
    gateway.services.settlement =
        event -> {
          poisoned.compareAndSet(null, event.requestId());
          return event.requestId().equals(poisoned.get())
              ? Future.failedFuture("a counter is no number")
              : Future.succeededFuture(Acknowledged.YES);
        };

    chat();
    chat();
    chat();

    Gateway.eventually(
        "only the two of the first are left",
        () -> gateway.meters.get("tollgate.settlements.pending").gauge().value() == 2);
    assertThat(gateway.services.limiterSettled.stream().map(UsageEvent::requestId).distinct())
        .hasSize(3);
  }

  @Test
  void keeps_the_holds_of_open_requests_alive_and_stamps_them() throws Exception {
    gateway.provider.answer =
        request ->
            request
                .response()
                .setChunked(true)
                .putHeader("content-type", "text/event-stream")
                .write(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a b c d\"}}]}\n\n");
    String id;
    try (RawClient client = new RawClient(gateway.port())) {
      String body = Gateway.streamedChat("m");
      client.write(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-api-key: ann-key\r\n"
              + "content-length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      String answer = client.readUntil("a b c d");
      Renewal atLimiter = Gateway.first(gateway.services.limiterRenewed);
      Renewal atQuota = Gateway.first(gateway.services.quotaRenewed);

      assertThat(atLimiter.open()).hasSize(1);
      Renewal.OpenRequest open = atLimiter.open().getFirst();
      id = open.requestId();
      assertThat(answer).contains("x-request-id: " + id);
      assertThat(open.limitHolds()).containsExactly(FakeServices.LIMIT_HOLD);
      assertThat(open.soFar().billableTokens())
          .isGreaterThan(gateway.services.admitted.remove().estimate().promptTokens());
      assertThat(atQuota.open().getFirst().quotaHolds()).containsExactly(FakeServices.QUOTA_HOLD);
    }

    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.requestId()).isEqualTo(id);
  }

  private HttpResponse<String> chat() throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", Gateway.chat("m")));
  }
}
