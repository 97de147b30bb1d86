package io.tollgate.bench.accuracy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Looks at capped counters and at holds again and again, in a thread of its own. */
final class Watch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(40);
  private static final int HOLDS_EVERY = 5;

  private final BookKeeper books;
  private final List<Lane> lanes;
  private final Map<String, List<Window.Sample>> windows = new ConcurrentHashMap<>();
  private final List<HoldSample> holds = Collections.synchronizedList(new ArrayList<>());
  private final Thread thread;

  Watch(BookKeeper books, List<Lane> lanes) {
    this.books = books;
    this.lanes = List.copyOf(lanes);
    this.thread = Thread.ofPlatform().daemon().name("watch").start(this::look);
  }

  List<HoldSample> holds() {
    return List.copyOf(holds);
  }

  List<Window.Sample> windows(Lane lane) {
    return List.copyOf(windows.getOrDefault(lane.name(), List.of()));
  }

  private void look() {
    try {
      for (int round = 0; ; round++) {
        try {
          lookOnce(round);
        } catch (IOException away) {
          // Redis is away, which is what some runs are about: nothing is known of this moment.
        }
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookOnce(int round) throws IOException {
    for (Lane lane : lanes) {
      if (lane.cap() instanceof Cap.Limit limit) {
        Window.Sample sample = books.window(GatewayConfig.capCounter(lane, limit));
        if (sample.leftMillis() > 0) {
          windows.computeIfAbsent(lane.name(), name -> new ArrayList<>()).add(sample);
        }
      }
    }
    if (round % HOLDS_EVERY == 0) {
      holds.add(
          new HoldSample(System.currentTimeMillis(), books.holding(GatewayConfig.commonCounter())));
    }
  }

  /** Returns when it looks no more. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
