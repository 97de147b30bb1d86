package io.tollgate.limiter;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.tokens.Count;
import io.tollgate.store.Stores;
import io.vertx.core.DeploymentOptions;
import io.vertx.redis.client.Command;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The limiter's own port as a node opens it, and a plain HTTP client that follows ASM's contract.
 */
final class AsmService implements AutoCloseable {
  /** As in ASM's document, but that prompts are free. */
  static final List<LimiterHttp.Rule> RULES =
      List.of(
          new LimiterHttp.Rule("regular-user.*", 30, 50, 200, 300),
          new LimiterHttp.Rule("subscriber-.*", 60, 100, 1000, 600));

  private final HttpClient client = HttpClient.newHttpClient();
  private final RedisFixture redis;
  private final LimiterHttpVerticle verticle;

  private AsmService(RedisFixture redis, LimiterHttpVerticle verticle) {
    this.redis = redis;
    this.verticle = verticle;
  }

  static AsmService start(RedisFixture redis, boolean cluster, Count count) throws Exception {
    LimiterHttp http = new LimiterHttp(new Listen("127.0.0.1", 0), RULES, count, StoreConfig.NODE);
    AsmNames names = new AsmNames(cluster, List.of("tollgate:", "chat_quota:"));
    LimiterHttpSetup setup =
        new LimiterHttpSetup(http, Live.fixed(AsmTariff.of(http, names)), redis.meters);
    LimiterHttpVerticle verticle =
        new LimiterHttpVerticle(
            new Stores(Map.of(StoreConfig.NODE, redis.address()), redis.meters), setup);
    redis
        .vertx
        .deployVerticle(verticle, new DeploymentOptions())
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, SECONDS);
    return new AsmService(redis, verticle);
  }

  HttpResponse<String> check(String... keys) throws Exception {
    return get("/ratelimit?ratelimit_keys=" + encoded(json(keys)));
  }

  /** Of a request that is identified. */
  HttpResponse<String> check(String requestId, long estimate, String... keys) throws Exception {
    return get(
        "/ratelimit?ratelimit_keys=%s&request_id=%s&estimate=%d"
            .formatted(encoded(json(keys)), encoded(requestId), estimate));
  }

  int update(long prompt, long completion, String... keys) throws Exception {
    return post("{\"ratelimit_keys\":%s,\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d}"
            .formatted(json(keys), prompt, completion, prompt + completion))
        .statusCode();
  }

  int update(String requestId, long completion, String... keys) throws Exception {
    return post("{\"ratelimit_keys\":%s,\"completion_tokens\":%d,\"request_id\":\"%s\"}"
            .formatted(json(keys), completion, requestId))
        .statusCode();
  }

  HttpResponse<String> get(String target) throws Exception {
    return send(HttpRequest.newBuilder(uri(target)).GET());
  }

  HttpResponse<String> post(String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri("/update_ratelimit_record"))
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  URI uri(String target) {
    return URI.create("http://127.0.0.1:" + verticle.port() + target);
  }

  /** As if so many seconds had gone by since the bucket was filled. */
  void secondsPass(String filledKey, long seconds) throws Exception {
    long filled = Long.parseLong(redis.get(filledKey));
    redis.send(Command.SET, filledKey, Long.toString(filled - seconds), "KEEPTTL");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String json(String... keys) {
    return "[\"" + String.join("\",\"", keys) + "\"]";
  }

  @Override
  public void close() {
    client.close();
  }
}
