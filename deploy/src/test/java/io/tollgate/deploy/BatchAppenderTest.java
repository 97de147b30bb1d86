package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BatchAppenderTest {
  private static final int EVENTS = 40_000;

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** Writes nothing until it is let. */
  private static final class Stuck extends OutputStream {
    private final CountDownLatch open = new CountDownLatch(1);
    private final StringBuilder written = new StringBuilder();

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      written.append(new String(bytes, from, count, StandardCharsets.UTF_8));
    }

    @Override
    public void write(int single) throws IOException {
      write(new byte[] {(byte) single}, 0, 1);
    }
  }

  @Test
  void what_is_not_written_is_counted_and_nobody_waits() {
    Stuck target = new Stuck();
    BatchAppender appender = append(target, EVENTS);
    target.open.countDown();
    appender.stop();

    assertThat(dropped()).isPositive();
    assertThat(target.written.toString().lines().count() + dropped()).isEqualTo(EVENTS);
  }

  @Test
  void lines_come_whole_and_in_their_order() {
    Stuck target = new Stuck();
    target.open.countDown();
    append(target, 3).stop();

    assertThat(target.written).hasToString("line 0\nline 1\nline 2\n");
    assertThat(dropped()).isZero();
  }

  @Test
  void lines_that_cannot_be_written_are_counted() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int single) throws IOException {
            throw new IOException("no space left");
          }
        };
    append(full, 3).stop();

    assertThat(dropped()).isEqualTo(3);
  }

  private BatchAppender append(OutputStream target, int lines) {
    BatchAppender appender = new BatchAppender(target, meters);
    appender.setContext(context);
    appender.start();
    Logger logger = context.getLogger("test");
    for (int i = 0; i < lines; i++) {
      appender.doAppend(new LoggingEvent("test", logger, Level.INFO, "line " + i, null, null));
    }
    return appender;
  }

  private double dropped() {
    return meters.get("tollgate.decisions.dropped").counter().count();
  }
}
