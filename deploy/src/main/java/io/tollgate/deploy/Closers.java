package io.tollgate.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node has opened; closed the other way round, each whatever becomes of the others. */
final class Closers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Closers.class);

  private record Opened(String what, AutoCloseable thing) {}

  private final Deque<Opened> opened = new ArrayDeque<>();

  /**
   * @param what is being closed, for the log
   */
  synchronized <T extends AutoCloseable> T add(String what, T thing) {
    opened.push(new Opened(what, thing));
    return thing;
  }

  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      Opened next = opened.pop();
      try {
        next.thing().close();
      } catch (Exception e) {
        log.warn("{} did not close properly: {}", next.what(), e.toString());
      }
    }
  }
}
