package io.tollgate.deploy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Calls a node as curl does in the walkthrough. */
final class Caller implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newHttpClient();
  private final int proxy;
  private final int admin;

  Caller(int proxy, int admin) {
    this.proxy = proxy;
    this.admin = admin;
  }

  HttpResponse<String> chat(String key, String json) throws IOException, InterruptedException {
    return send(
        request(proxy, "/v1/chat/completions")
            .header("x-api-key", key)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  /** A quota call on the route of qwen-max. */
  String quota(String path) throws IOException, InterruptedException {
    return send(quotaRequest(path)).body();
  }

  String quota(String path, String form) throws IOException, InterruptedException {
    return send(quotaRequest(path).POST(BodyPublishers.ofString(form))).body();
  }

  HttpResponse<String> admin(String path) throws IOException, InterruptedException {
    return send(request(admin, path).header("Authorization", "Bearer demo-token"));
  }

  private HttpRequest.Builder quotaRequest(String path) {
    return request(proxy, "/v1/chat/completions/quota" + path)
        .header("x-api-key", "demo-admin")
        .header("x-higress-llm-model", "qwen-max");
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LIMIT);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.close();
  }
}
