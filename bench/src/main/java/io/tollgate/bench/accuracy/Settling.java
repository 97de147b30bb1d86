package io.tollgate.bench.accuracy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Waits, after the last call, until the books say nothing new and nothing is held. */
final class Settling {
  /**
   * How it came out.
   *
   * @param freeMillis from the last call's end until nothing was held; of no meaning when {@code
   *     holdsLeft} is not 0
   * @param holdsLeft after the wait, on all limits and balances
   * @param quiet whether the books stood still in the end
   */
  record End(long freeMillis, int holdsLeft, boolean quiet) {}

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(250);

  private final BookKeeper books;
  private final Consumers consumers;
  private final List<String> calls;

  /**
   * @param calls the ids of all calls
   */
  Settling(BookKeeper books, Consumers consumers, List<String> calls) {
    this.books = books;
    this.consumers = consumers;
    this.calls = List.copyOf(calls);
  }

  /**
   * @param overMillis when the last call ended
   */
  End await(long overMillis) throws IOException, InterruptedException {
    long lastHeld = overMillis;
    long lastChange = System.currentTimeMillis();
    long limit = lastChange + LIMIT.toMillis();
    List<Map<String, Long>> last = List.of();
    while (System.currentTimeMillis() < limit) {
      Thread.sleep(POLL);
      boolean held;
      List<Map<String, Long>> now;
      try {
        held = !books.holding(GatewayConfig.commonCounter()).isEmpty();
        now = read();
      } catch (IOException away) {
        // Redis may still be on its way back: nothing has come to rest.
        lastChange = System.currentTimeMillis();
        continue;
      }
      long millis = System.currentTimeMillis();
      lastHeld = held ? millis : lastHeld;
      lastChange = now.equals(last) ? lastChange : millis;
      last = now;
      if (millis - Math.max(lastHeld, lastChange) > QUIET.toMillis()) {
        return new End(lastHeld - overMillis, books.holds(keys()), true);
      }
    }
    return new End(lastHeld - overMillis, books.holds(keys()), false);
  }

  private List<Map<String, Long>> read() throws IOException {
    return List.of(
        books.integers(consumers.names(), GatewayConfig::balance),
        books.integers(consumers.names(), GatewayConfig::consumerCounter));
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>(List.of(GatewayConfig.commonCounter()));
    for (String consumer : consumers.names()) {
      keys.add(GatewayConfig.balance(consumer));
      keys.add(GatewayConfig.consumerCounter(consumer));
    }
    calls.forEach(call -> keys.add(GatewayConfig.callCounter(call)));
    for (Lane lane : consumers.lanes()) {
      if (lane.cap() instanceof Cap.Limit limit) {
        keys.add(GatewayConfig.capCounter(lane, limit));
      }
    }
    return keys;
  }
}
