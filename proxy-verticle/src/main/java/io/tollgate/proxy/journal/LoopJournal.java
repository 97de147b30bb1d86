package io.tollgate.proxy.journal;

import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The journal as one event loop sees it; confined to that loop. */
public interface LoopJournal {
  /**
   * Called once, first: what an earlier run has left is delivered, and from now on whatever is to
   * be delivered although nobody has just appended it.
   */
  void begin(Deliveries deliveries);

  /**
   * Keeps an event until all whom it concerns have confirmed it. Never waits.
   *
   * @return null when there is room neither on disk nor in memory: the event is lost
   */
  @Nullable Entry append(UsageEvent event);

  /**
   * @return null when it can't be read any more
   */
  @Nullable UsageEvent read(Entry entry);

  void confirm(Entry entry, Recipient by);

  /** Whether there is no room, and the configuration says that no more requests are taken then. */
  boolean refusesMore();

  /**
   * Completes, at once where the configuration asks for nothing more, when all that was appended so
   * far survives a loss of power. Never fails: a disk that can't be written is told in the log.
   */
  Future<Void> durable();

  /**
   * Wakes those events that hold something in that store and that were confirmed of late, as the
   * store may have forgotten them; the journal's {@link Deliveries} hear of each.
   */
  void reopen(String store);

  /** What is not confirmed stays for the next start. */
  Future<Void> close();
}
