package io.tollgate.deploy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Talks to one gateway as an application and an administrator would. */
final class ApiClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern QUOTA = Pattern.compile("\"quota\":(-?\\d+)");
  private static final Pattern TOTAL = Pattern.compile("\"total_tokens\":(\\d+)");

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final int port;

  ApiClient(int port) {
    this.port = port;
  }

  HttpResponse<String> chat(String key, String model, String content)
      throws IOException, InterruptedException {
    return http.send(chatRequest(key, model, content), HttpResponse.BodyHandlers.ofString());
  }

  /**
   * All at once.
   *
   * @param answerTokens how long each answer of the simulated provider is to be
   */
  List<HttpResponse<String>> chats(
      int count, String key, String model, String content, int answerTokens) {
    HttpRequest request =
        HttpRequest.newBuilder(chatRequest(key, model, content), (name, value) -> true)
            .header("x-demo-tokens", Integer.toString(answerTokens))
            .build();
    return IntStream.range(0, count)
        .mapToObj(i -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
        .toList()
        .stream()
        .map(CompletableFuture::join)
        .toList();
  }

  void setQuota(String key, String consumer, long quota) throws Exception {
    HttpResponse<String> answer =
        post("quota/refresh", key, "consumer=" + consumer + "&quota=" + quota);
    if (!answer.body().equals("refresh quota successful")) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
  }

  long quota(String key, String consumer) throws Exception {
    HttpRequest request = adminCall("quota?consumer=" + consumer, key).GET().build();
    String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    Matcher found = QUOTA.matcher(body);
    if (!found.find()) {
      throw new AssertionError(body);
    }
    return Long.parseLong(found.group(1));
  }

  /** The tokens that an answer says it has used. */
  static long tokensOf(HttpResponse<String> answer) {
    return tokens(answer.body());
  }

  static long tokens(String body) {
    Matcher found = TOTAL.matcher(body);
    if (!found.find()) {
      throw new AssertionError(body);
    }
    return Long.parseLong(found.group(1));
  }

  private HttpResponse<String> post(String path, String key, String form) throws Exception {
    HttpRequest request =
        adminCall(path, key)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder adminCall(String path, String key) {
    return HttpRequest.newBuilder(uri("/v1/chat/completions/" + path))
        .timeout(TIMEOUT)
        .header("x-api-key", key)
        .header("x-higress-llm-model", "metered");
  }

  private HttpRequest chatRequest(String key, String model, String content) {
    return HttpRequest.newBuilder(uri("/v1/chat/completions"))
        .timeout(TIMEOUT)
        .header("x-api-key", key)
        .header("Content-Type", "application/json")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                """
                {"model":"%s","messages":[{"role":"user","content":"%s"}]}"""
                    .formatted(model, content)))
        .build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
