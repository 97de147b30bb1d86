package io.tollgate.proxy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A user's own limiting service, which knows ASM's contract and nothing else: buckets in memory,
 * completion tokens alone are debited, time is what the test says.
 */
final class OwnLimitService implements AutoCloseable {
  private record Terms(String start, long intervalSeconds, long fill, long most) {}

  private static final List<Terms> TERMS =
      List.of(new Terms("regular-user", 30, 50, 200), new Terms("subscriber-", 60, 100, 1000));

  final Map<String, Long> balances = new ConcurrentHashMap<>();
  final List<String> queries = new CopyOnWriteArrayList<>();
  final List<JsonObject> updates = new CopyOnWriteArrayList<>();

  /** Statuses to answer with in place of the right ones, once each. */
  final List<Integer> faults = new CopyOnWriteArrayList<>();

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpServer server;

  private OwnLimitService(HttpServer server) {
    this.server = server;
  }

  static OwnLimitService start() throws IOException {
    OwnLimitService service =
        new OwnLimitService(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    service.server.createContext("/ratelimit", service::check);
    service.server.createContext("/update_ratelimit_record", service::update);
    service.server.setExecutor(service.threads);
    service.server.start();
    return service;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Whole steps are filled. */
  void secondsPass(long seconds) {
    balances.replaceAll(
        (key, balance) -> {
          Terms terms = termsOf(key);
          return Math.min(terms.most(), balance + seconds / terms.intervalSeconds() * terms.fill());
        });
  }

  private void check(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    queries.add(query);
    if (failed(exchange)) {
      return;
    }
    String written = query.split("ratelimit_keys=", 2)[1].split("&", 2)[0];
    JsonArray keys = new JsonArray(URLDecoder.decode(written, StandardCharsets.UTF_8));
    JsonObject answer = new JsonObject().put("allow", true).put("description", "ok");
    for (Object each : keys) {
      String key = (String) each;
      if (balances.computeIfAbsent(key, first -> termsOf(first).fill()) <= 0) {
        answer =
            new JsonObject().put("allow", false).put("description", key + " is being rate-limited");
        break;
      }
    }
    send(exchange, 200, answer.encode());
  }

  private void update(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (failed(exchange)) {
      return;
    }
    JsonObject usage = new JsonObject(body);
    usage
        .getJsonArray("ratelimit_keys")
        .forEach(
            key -> balances.merge((String) key, -usage.getLong("completion_tokens"), Long::sum));
    updates.add(usage);
    send(exchange, 200, "");
  }

  private boolean failed(HttpExchange exchange) throws IOException {
    if (faults.isEmpty()) {
      return false;
    }
    send(exchange, faults.removeFirst(), "");
    return true;
  }

  private static Terms termsOf(String key) {
    return TERMS.stream().filter(each -> key.startsWith(each.start())).findFirst().orElseThrow();
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
