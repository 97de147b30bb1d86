package io.tollgate.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One streamed chat that a caller keeps open. */
final class OpenStream implements AutoCloseable {
  private static final Pattern TOTAL = Pattern.compile("\"total_tokens\":(\\d+)");

  private final Socket socket;
  private final BufferedReader answer;

  /**
   * Returns when the first chunk has come.
   *
   * @param tokens how long the simulated provider's answer is to be
   */
  OpenStream(int port, String key, String model, int tokens) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    String body =
        """
        {"model":"%s","stream":true,"stream_options":{"include_usage":true},\
        "messages":[{"role":"user","content":"Hi"}]}"""
            .formatted(model);
    String request =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nx-api-key: %s\r\n".formatted(key)
            + "Content-Type: application/json\r\nx-demo-tokens: %d\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(tokens, body.length(), body);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    answer =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    lineWith("data: ");
  }

  /** Reads to the end of the stream; the tokens that it says it has used. */
  long usage() throws IOException {
    Matcher total = TOTAL.matcher(lineWith("\"total_tokens\""));
    if (!total.find()) {
      throw new AssertionError("no usage");
    }
    lineWith("[DONE]");
    return Long.parseLong(total.group(1));
  }

  private String lineWith(String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    String line = answer.readLine();
    while (line != null && !line.contains(text)) {
      seen.append(line).append('\n');
      line = answer.readLine();
    }
    if (line == null) {
      throw new AssertionError("the answer ended: " + seen);
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
