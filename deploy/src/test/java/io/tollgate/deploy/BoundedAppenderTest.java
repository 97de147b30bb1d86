package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BoundedAppenderTest {
  private static final int EVENTS = 40_000;

  /** Writes nothing until it is let. */
  private static final class Stuck extends AppenderBase<ILoggingEvent> {
    private final Semaphore open = new Semaphore(0);
    private final AtomicInteger written = new AtomicInteger();

    @Override
    protected void append(ILoggingEvent event) {
      open.acquireUninterruptibly();
      written.incrementAndGet();
    }
  }

  @Test
  void what_is_not_written_is_counted_and_nobody_waits() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Stuck target = new Stuck();
    target.start();
    BoundedAppender appender = BoundedAppender.start(context, target, meters);
    Logger logger = context.getLogger("test");

    for (int i = 0; i < EVENTS; i++) {
      appender.doAppend(new LoggingEvent("test", logger, Level.INFO, "line", null, null));
    }
    target.open.release(EVENTS);
    appender.stop();

    double dropped = meters.get("tollgate.decisions.dropped").counter().count();
    assertThat(dropped).isPositive();
    assertThat(target.written.get() + dropped).isEqualTo(EVENTS);
  }
}
