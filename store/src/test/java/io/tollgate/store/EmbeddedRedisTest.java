package io.tollgate.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class EmbeddedRedisTest {
  @TempDir Path directory;

  @Test
  void a_server_that_can_not_start_again_is_tried_with_growing_pauses_until_it_can()
      throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger logger = (Logger) LoggerFactory.getLogger(EmbeddedRedis.class);
    logger.addAppender(lines);
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, Duration.ofSeconds(1))) {
      Path settings = directory.resolve("redis.conf");
      Path aside = directory.resolve("aside.conf");
      long firstPid = redis.pid().orElseThrow();
      Files.move(settings, aside);
      ProcessHandle server = ProcessHandle.of(firstPid).orElseThrow();
      server.destroyForcibly();
      server.onExit().get(5, SECONDS);

      until(() -> said(lines, "did not start again").size() == 2);
      Files.move(aside, settings);
      until(() -> redis.pid().isPresent());

      assertThat(redis.pid()).isPresent().isNotEqualTo(Optional.of(firstPid));
      assertThat(said(lines, "ended by itself").getFirst()).endsWith("again in 500 ms");
      assertThat(said(lines, "did not start again").get(0)).endsWith("next attempt in 1000 ms");
      assertThat(said(lines, "did not start again").get(1)).endsWith("next attempt in 2000 ms");
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void of_a_directory_too_long_for_a_socket_nothing_is_left_elsewhere() throws Exception {
    Path deep = directory.resolve("d".repeat(100));
    Path socket;
    try (EmbeddedRedis redis = EmbeddedRedis.start(deep, Duration.ofSeconds(1))) {
      socket = Path.of(redis.socketEndpoint().uri().substring("unix://".length()));
      assertThat(socket).exists();
    }

    assertThat(socket).doesNotExist();
    assertThat(socket.getParent()).doesNotExist();
  }

  private static List<String> said(ListAppender<ILoggingEvent> lines, String part) {
    return List.copyOf(lines.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains(part))
        .toList();
  }

  private static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it does not come true").isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
