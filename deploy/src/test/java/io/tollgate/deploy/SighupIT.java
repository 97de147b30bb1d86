package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real SIGHUP to a real process, which listens on ports that it has chosen itself. */
class SighupIT {
  private static final String USER = TwoRoutes.USER_KEY;

  /** Four times as long as a look at the file takes to see a change. */
  private static final Duration SEVERAL_LOOKS = Duration.ofSeconds(2);

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("tollgate.yaml"), yaml("token_per_hour", 1_000_000));
  }

  @Test
  void the_file_is_read_again_though_it_looks_the_same_and_a_faulty_one_changes_nothing()
      throws Exception {
    try (Tollgate tollgate = start().awaitReady();
        Caller caller = new Caller(tollgate.port("http"), tollgate.port("admin"))) {
      HttpResponse<String> first = chat(caller);
      assertThat(first.statusCode()).isEqualTo(200);

      replaceUnseen(tollgate, yaml("token_per_hour", 1));
      for (long end = System.nanoTime() + SEVERAL_LOOKS.toNanos(); System.nanoTime() < end; ) {
        assertThat(chat(caller).statusCode()).as("the watch has not seen it").isEqualTo(200);
      }
      assertThat(reloads(caller, "applied")).isZero();

      signal(tollgate, "HUP");
      Eventually.that(
          () -> assertThat(chat(caller).statusCode()).as(tollgate.err()).isEqualTo(429));
      assertThat(chat(caller).body()).contains("allows 1 tokens");
      assertThat(reloads(caller, "applied")).isOne();

      replaceUnseen(tollgate, yaml("token_per_ages", 1_000_000));
      signal(tollgate, "HUP");
      Eventually.that(() -> assertThat(reloads(caller, "refused")).isOne());
      assertThat(tollgate.err())
          .contains(
              "the changed file is not in force, all stays as it was; faults: ",
              "routes[1].ai-token-ratelimit.rule_items[0].limit_keys[0].token_per_ages: found an"
                  + " unknown key; allowed: ");
      assertThat(chat(caller).body()).contains("allows 1 tokens");

      replaceUnseen(tollgate, yaml("token_per_hour", 9_000_000));
      signal(tollgate, "HUP");
      Eventually.that(() -> assertThat(chat(caller).statusCode()).isEqualTo(200));
      tollgate.process().destroy();
      assertThat(tollgate.awaitEnd()).isZero();
    }
  }

  @Test
  void one_that_comes_while_the_node_starts_does_not_end_it() throws Exception {
    try (Tollgate tollgate = start()) {
      Eventually.that(() -> assertThat(folder.resolve("data")).exists());

      signal(tollgate, "HUP");

      tollgate.awaitReady();
      try (Caller caller = new Caller(tollgate.port("http"), tollgate.port("admin"))) {
        Eventually.that(() -> assertThat(reloads(caller, "unchanged")).isOne());
      }
    }
  }

  /**
   * As long as it was, as old, and the same file on the disk: only who reads it sees a difference.
   * The process stands still meanwhile, so that it can't look in between.
   */
  private void replaceUnseen(Tollgate tollgate, String text) throws Exception {
    FileTime age = Files.getLastModifiedTime(file);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(bytes).hasSize((int) Files.size(file));
    signal(tollgate, "STOP");
    Files.write(file, bytes, StandardOpenOption.WRITE);
    Files.setLastModifiedTime(file, age);
    signal(tollgate, "CONT");
  }

  private static void signal(Tollgate tollgate, String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(tollgate.process().pid()))
            .inheritIO()
            .start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private static HttpResponse<String> chat(Caller caller) throws Exception {
    return caller.chat(
        USER, "{\"model\":\"limited\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
  }

  private static long reloads(Caller caller, String result) throws Exception {
    String name = "tollgate_config_reload_total{result=\"" + result + "\",source=\"file\"} ";
    return caller
        .admin("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private Tollgate start() throws IOException {
    return Tollgate.start(folder, List.of("run", "--config", file.toString()));
  }

  private String yaml(String period, long tokens) {
    return """
    node: { data_dir: "%s" }
    proxy: { http: { host: 127.0.0.1, port: 0 } }
    admin: { port: 0 }
    log: { decisions: off }
    """
            .formatted(folder.resolve("data"))
        + TwoRoutes.yaml(
            "first_token: 0ms, interval: 0ms",
            "limit_by_per_consumer: '', limit_keys: [ { key: '*', %s: %-7d } ]"
                .formatted(period, tokens));
  }
}
