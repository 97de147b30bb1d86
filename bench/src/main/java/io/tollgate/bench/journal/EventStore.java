package io.tollgate.bench.journal;

import io.tollgate.contract.usage.UsageEvent;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

/** One way to keep events on disk. For one thread. */
interface EventStore extends AutoCloseable {
  /**
   * Keeps events, one after another.
   *
   * @param nanos hears how long each took the thread that has to write it down
   */
  void append(List<UsageEvent> events, LongConsumer nanos) throws Exception;

  /** How many it holds. */
  long count() throws Exception;

  @Override
  void close() throws IOException;
}
