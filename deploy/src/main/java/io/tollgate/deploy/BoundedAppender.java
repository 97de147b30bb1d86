package io.tollgate.deploy;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Writes on a thread of its own. What finds the queue full is dropped, and counted. */
final class BoundedAppender extends AsyncAppender {
  private static final int QUEUE_SIZE = 16_384;
  private static final int FLUSH_MILLIS = 5_000;

  private final Counter dropped;

  private BoundedAppender(MeterRegistry meters) {
    this.dropped =
        Counter.builder("tollgate.decisions.dropped")
            .description("Decision lines that were not written because their target is too slow")
            .register(meters);
  }

  static BoundedAppender start(
      LoggerContext context, Appender<ILoggingEvent> target, MeterRegistry meters) {
    BoundedAppender appender = new BoundedAppender(meters);
    appender.setContext(context);
    appender.setQueueSize(QUEUE_SIZE);
    appender.setDiscardingThreshold(0);
    appender.setNeverBlock(true);
    appender.setMaxFlushTime(FLUSH_MILLIS);
    appender.addAppender(target);
    appender.start();
    return appender;
  }

  /** Synchronized, so that there is still room when the event is put in. */
  @Override
  protected synchronized void append(ILoggingEvent event) {
    if (getRemainingCapacity() == 0) {
      dropped.increment();
    } else {
      super.append(event);
    }
  }
}
