package io.tollgate.proxy;

import io.tollgate.contract.Role;
import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.demo.DemoLedger;
import io.tollgate.proxy.demo.DemoProviderVerticle;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway before a simulated provider that keeps books of its own. One request at a time. */
final class SimulatedProvider implements AutoCloseable {
  final Gateway gateway;
  private final DemoProviderVerticle demo;
  private final List<DemoLedger.Entry> made = new CopyOnWriteArrayList<>();
  private final Vertx elsewhere = Vertx.vertx();
  private int billed;

  private SimulatedProvider(DemoConfig pace, ClientDisconnect onDisconnect, LimitBlock limit)
      throws Exception {
    demo = new DemoProviderVerticle(pace, made::add);
    Gateway.await(elsewhere.deployVerticle(demo));
    ProviderConfig provider =
        new ProviderConfig(
            "demo",
            ProviderType.DEMO,
            null,
            List.of(),
            List.of(),
            null,
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            pace);
    gateway =
        Gateway.start(
            EnumSet.of(Role.AUTH, Role.LIMITER, Role.QUOTA),
            Map.of("demo", URI.create("http://127.0.0.1:" + demo.port() + "/v1")),
            unused ->
                Given.config(
                    List.of(provider),
                    List.of(
                        Given.withDisconnect(
                            Given.with(
                                Given.route("chat", Given.upstream("demo")), Given.QUOTA, limit),
                            onDisconnect)),
                    null));
  }

  static SimulatedProvider start(DemoConfig pace, ClientDisconnect onDisconnect) throws Exception {
    return new SimulatedProvider(pace, onDisconnect, Given.limit());
  }

  /** Before a route with this limit. */
  static SimulatedProvider start(DemoConfig pace, LimitBlock limit) throws Exception {
    return new SimulatedProvider(pace, ClientDisconnect.CANCEL, limit);
  }

  /**
   * A request for an answer.
   *
   * @param tokens null for the provider's usual answer
   * @param fault null for none
   */
  HttpRequest.Builder chat(
      String model,
      String question,
      boolean stream,
      @Nullable Integer tokens,
      @Nullable String fault) {
    String body =
        """
        {"model":"%s","stream":%b,"messages":[{"role":"user","content":"%s"}]}"""
            .formatted(model, stream, question);
    HttpRequest.Builder request = gateway.post("/v1/chat/completions", body);
    return ordered(request, tokens, fault);
  }

  static HttpRequest.Builder ordered(
      HttpRequest.Builder request, @Nullable Integer tokens, @Nullable String fault) {
    if (tokens != null) {
      request.header("x-demo-tokens", tokens.toString());
    }
    if (fault != null) {
      request.header("x-demo-fault", fault);
    }
    return request;
  }

  /** Reads the answer as far as it comes. */
  Books read(HttpRequest.Builder request) throws Exception {
    try {
      gateway.send(request);
    } catch (IOException broken) {
      // That is what was ordered.
    }
    return books();
  }

  /** Reads so many events and leaves. */
  Books readAndLeave(HttpRequest.Builder request, int events) throws Exception {
    leave(request, events);
    return books();
  }

  void leave(HttpRequest.Builder request, int events) throws Exception {
    HttpResponse<InputStream> answer =
        gateway.http().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      int lineFeeds = 0;
      while (lineFeeds < 2 * events) {
        int next = body.read();
        if (next < 0) {
          throw new IOException("the answer ended early");
        }
        lineFeeds += next == '\n' ? 1 : 0;
      }
    }
  }

  /** How many requests the provider has begun to answer. */
  long promptsRead() {
    return demo.ledger().totals().answers();
  }

  /** What was made and what was billed for the request that was sent last. */
  Books books() throws InterruptedException {
    int expected = ++billed;
    Gateway.eventually(
        "both books have " + expected + " entries",
        () -> made.size() >= expected && gateway.services.limiterSettled.size() >= expected);
    return new Books(made.get(expected - 1), gateway.services.limiterSettled.get(expected - 1));
  }

  @Override
  public void close() throws Exception {
    gateway.close();
    Gateway.await(elsewhere.close());
  }

  /** One request as the provider and as the gateway have it. */
  record Books(DemoLedger.Entry made, UsageEvent billed) {
    long madeTokens() {
      return made.promptTokens() + made.completionTokens();
    }

    long billedTokens() {
      return billed.usage().billableTokens();
    }

    /** Of what was made. */
    double error() {
      return (billedTokens() - madeTokens()) / (double) madeTokens();
    }
  }
}
