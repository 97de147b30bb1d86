package io.tollgate.bench.accuracy;

import java.util.ArrayList;
import java.util.List;

/**
 * Who calls, and with which key. Without a cap, most consumers serve one call each or few, so that
 * a fault can be told by its account, and some are shared by many callers. The callers of a lane
 * with a cap are all one consumer.
 *
 * @param ownCount consumers of each lane that serve few calls each
 * @param sharedCount consumers that many callers share
 */
record Consumers(List<Lane> lanes, int ownCount, int sharedCount) {
  static final String ADMIN = "bench-admin";

  Consumers {
    lanes = List.copyOf(lanes);
  }

  String own(Lane lane, int number) {
    return lane.cap() != null ? lane.name() : lane.name() + "-own-" + number % ownCount;
  }

  String shared(Lane lane, int number) {
    return lane.cap() != null ? lane.name() : "shared-" + number % sharedCount;
  }

  static String keyOf(String consumer) {
    return "key-" + consumer;
  }

  /** All of them, without the one who administers. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (Lane lane : lanes) {
      for (int i = 0; i < (lane.cap() == null ? ownCount : 1); i++) {
        names.add(own(lane, i));
      }
    }
    for (int i = 0; i < sharedCount; i++) {
      names.add("shared-" + i);
    }
    return names;
  }
}
