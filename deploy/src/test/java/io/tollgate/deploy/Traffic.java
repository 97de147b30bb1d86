package io.tollgate.deploy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Callers that ask for chats, one after another, until they are told to stop. */
final class Traffic implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(30);

  /**
   * @param status 0 when no answer came
   */
  record Answer(String model, long startNanos, long endNanos, int status, String body) {
    boolean passed() {
      return status == 200;
    }

    long tokens() {
      return passed() ? ApiClient.tokens(body) : 0;
    }

    boolean within(long fromNanos, long toNanos) {
      return startNanos >= fromNanos && endNanos <= toNanos;
    }

    Duration took() {
      return Duration.ofNanos(endNanos - startNanos);
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Collection<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private final int port;
  private volatile boolean stopping;

  Traffic(int port) {
    this.port = port;
  }

  /**
   * @param count callers at once
   * @param answerTokens how long the simulated provider's answers are
   */
  Traffic start(String key, String model, int count, int answerTokens) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .timeout(LIMIT)
            .header("x-api-key", key)
            .header("Content-Type", "application/json")
            .header("x-demo-tokens", Integer.toString(answerTokens))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                        .formatted(model)))
            .build();
    for (int i = 0; i < count; i++) {
      callers.add(Thread.ofPlatform().daemon().start(() -> call(model, request)));
    }
    return this;
  }

  Collection<Answer> answers() {
    return answers;
  }

  List<Answer> answers(String model) {
    return answers.stream().filter(answer -> answer.model().equals(model)).toList();
  }

  /** Returns when the last answers have come. */
  void stop() throws InterruptedException {
    stopping = true;
    for (Thread caller : callers) {
      caller.join();
    }
  }

  private void call(String model, HttpRequest request) {
    while (!stopping) {
      long start = System.nanoTime();
      int status = 0;
      String body = "";
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        status = answer.statusCode();
        body = answer.body();
      } catch (Exception noAnswer) {
        body = noAnswer.toString();
      }
      answers.add(new Answer(model, start, System.nanoTime(), status, body));
      if (status != 200) {
        LockSupport.parkNanos(PAUSE_AFTER_REFUSAL.toNanos());
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
    http.close();
  }
}
