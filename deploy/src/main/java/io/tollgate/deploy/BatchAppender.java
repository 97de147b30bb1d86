package io.tollgate.deploy;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes lines on a thread of its own, all that have come within a moment with one write. What
 * finds the queue full, or can't be written, is dropped and counted.
 *
 * <p>That thread looks for lines instead of waiting for them: an event loop that had to wake it for
 * each line would pay for that with more than the line itself costs.
 */
final class BatchAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final int QUEUE_SIZE = 16_384;
  private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(QUEUE_SIZE);
  private final List<String> batch = new ArrayList<>(QUEUE_SIZE);
  private final OutputStream target;
  private final Counter dropped;
  private final Thread writer =
      Thread.ofPlatform().daemon().name("tollgate-decisions").unstarted(this::run);
  private volatile boolean stopping;

  BatchAppender(OutputStream target, MeterRegistry meters) {
    this.target = target;
    this.dropped =
        Counter.builder("tollgate.decisions.dropped")
            .description("Decision lines that were not written because their target is too slow")
            .register(meters);
  }

  @Override
  public void start() {
    super.start();
    writer.start();
  }

  /** Writes what is still in the queue. */
  @Override
  public void stop() {
    super.stop();
    stopping = true;
    try {
      writer.join(STOP_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (!queue.offer(event.getFormattedMessage())) {
      dropped.increment();
    }
  }

  private void run() {
    while (!stopping) {
      write();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    write();
  }

  private void write() {
    if (queue.drainTo(batch) == 0) {
      return;
    }
    StringBuilder text = new StringBuilder(batch.size() * 512);
    batch.forEach(line -> text.append(line).append('\n'));
    try {
      target.write(text.toString().getBytes(StandardCharsets.UTF_8));
      target.flush();
    } catch (IOException e) {
      dropped.increment(batch.size());
      addError("decision lines can't be written", e);
    }
    batch.clear();
  }
}
