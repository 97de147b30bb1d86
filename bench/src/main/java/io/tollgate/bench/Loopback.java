package io.tollgate.bench;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of 127.0.0.1. */
public final class Loopback {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);

  private static final int ATTEMPTS = 100;
  private static final int LOWEST = 12_000;
  private static final int HIGHEST = 32_000;

  private Loopback() {}

  /**
   * One that nobody listens on at this moment, and that no connection is given by the system: who
   * starts later, or again, still gets it.
   */
  public static int freePort() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // Another one, then.
      }
    }
    throw new IOException("no free port from " + LOWEST + " to " + HIGHEST);
  }

  /**
   * Returns when the process answers with 200.
   *
   * @throws IOException when it has ended, or does not answer within two minutes
   */
  public static void awaitAnswer(Child child, int port, String path)
      throws IOException, InterruptedException {
    HttpRequest question =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(2))
            .build();
    long end = System.nanoTime() + START.toNanos();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end) {
        child.requireAlive();
        try {
          if (http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException notYet) {
          // Not listening yet; asked again until the time is up.
        }
        Thread.sleep(POLL);
      }
    }
    throw new IOException("no answer on port " + port + " within " + START.toSeconds() + " s");
  }
}
