package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.store.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway is killed when nothing but its own files knows what was used. */
class JournalIT {
  private static final Pattern TOTAL = Pattern.compile("\"total_tokens\":(\\d+)");
  private static final String BALANCE = "chat_quota:aliyun-user1";
  private static final int STREAMS = 5;
  private static final long FILLED = 1_000_000;

  @TempDir private Path folder;

  private final int proxy = FreePorts.next();
  private final int admin = FreePorts.next();

  @Test
  void what_a_killed_gateway_could_not_settle_is_billed_once_after_its_start() throws Exception {
    try (OwnRedis redis = new OwnRedis(folder.resolve("redis"))) {
      long used = 0;
      try (Tollgate killed = gateway(redis).awaitReady()) {
        redis.ask("SET " + BALANCE + " " + FILLED);
        List<Socket> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
          streams.add(stream());
        }
        redis.kill();
        for (Socket stream : streams) {
          used += tokensOf(readToEnd(stream));
          stream.close();
        }

        killed.process().destroyForcibly();
        killed.awaitEnd();
      }
      assertThat(used).isPositive();
      redis.start();
      long expected = FILLED - used;

      try (Tollgate next = gateway(redis).awaitReady()) {
        Eventually.that(() -> assertThat(redis.number(BALANCE)).isEqualTo(expected));
        assertThat(next.err()).contains("the journal holds " + STREAMS + " events");
        next.process().destroy();
        assertThat(next.awaitEnd()).isZero();
      }
      assertThat(redis.number(BALANCE)).isEqualTo(expected);

      try (Tollgate third = gateway(redis).awaitReady()) {
        third.process().destroy();
        assertThat(third.awaitEnd()).isZero();
        assertThat(third.err()).doesNotContain("the journal holds");
      }
      assertThat(redis.number(BALANCE)).isEqualTo(expected);
    }
  }

  private Tollgate gateway(OwnRedis redis) throws IOException {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "node={data_dir: '" + folder.resolve("data") + "', drain_timeout: 2s}",
            "proxy.http={host: 127.0.0.1, port: " + proxy + "}",
            "admin.port=" + admin,
            "store={redis: 'redis://127.0.0.1:" + redis.port() + "', timeout: 300ms}",
            "providers.0.demo={first_token: 0s, interval: 40ms}",
            // Of the walkthrough's limit one request a minute passes.
            "routes.0.ai-token-ratelimit.rule_items.0.limit_keys.0.token_per_minute=1000000")) {
      arguments.addAll(List.of("--set", setting));
    }
    return Tollgate.start(folder, arguments);
  }

  /** A stream that has begun, so that its holds are taken. */
  private Socket stream() throws IOException {
    String body =
        "{\"model\":\"qwen-max\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy);
    socket
        .getOutputStream()
        .write(
            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nx-api-key: demo-user1\r\n"
                    + "x-demo-tokens: 60\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.UTF_8));
    assertThat(readUntil(socket.getInputStream(), "data: ")).startsWith("HTTP/1.1 200");
    return socket;
  }

  private static String readToEnd(Socket socket) throws IOException {
    return readUntil(socket.getInputStream(), "data: [DONE]\n\n\r\n0\r\n\r\n");
  }

  private static String readUntil(InputStream answer, String wanted) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] bytes = new byte[4096];
    while (text.indexOf(wanted) < 0) {
      int count = answer.read(bytes);
      assertThat(count).as(text.toString()).isPositive();
      text.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  private static long tokensOf(String stream) {
    Matcher total = TOTAL.matcher(stream);
    assertThat(total.find()).as(stream).isTrue();
    return Long.parseLong(total.group(1));
  }
}
