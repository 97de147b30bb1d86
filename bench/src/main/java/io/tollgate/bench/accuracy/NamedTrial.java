package io.tollgate.bench.accuracy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The trials that are known by name. */
enum NamedTrial {
  /** Many callers for one limit or one balance. */
  CALM {
    @Override
    Trial trial() {
      Mix plain = new Mix(0.7, 0, 0, 0, 0, 0, 0, 0, 0);
      return new Trial(
          label(),
          1,
          StoreKind.SINGLE,
          "closed",
          Duration.ofSeconds(75),
          List.of(
              new Lane("open", 8, Mix.PLAIN, 150, null),
              new Lane("per-second", 16, plain, 150, new Cap.Limit(1_000, 1, false)),
              new Lane("per-minute", 16, plain, 150, new Cap.Limit(30_000, 60, false)),
              new Lane("per-minute-strict", 16, plain, 150, new Cap.Limit(30_000, 60, true)),
              new Lane("balance", 16, plain, 150, new Cap.Quota(50_000))),
          List.of(),
          false);
    }
  },

  /** 30 % of all clients leave, 10 % of all answers break. */
  LEAVERS {
    @Override
    Trial trial() {
      return new Trial(
          label(),
          1,
          StoreKind.SINGLE,
          "closed",
          Duration.ofSeconds(60),
          unruly(32),
          List.of(),
          false);
    }
  },

  /**
   * One of two nodes is killed ten times, always as a client has just seen the end of an answer.
   */
  KILLS {
    @Override
    Trial trial() {
      return new Trial(
          label(),
          2,
          StoreKind.SINGLE,
          "closed",
          Duration.ofSeconds(60),
          unruly(32),
          kills(10),
          false);
    }
  },

  /** The only node is killed and started again. */
  KILLS_ALONE {
    @Override
    Trial trial() {
      return new Trial(
          label(),
          1,
          StoreKind.SINGLE,
          "closed",
          Duration.ofSeconds(60),
          unruly(24),
          kills(4),
          false);
    }
  },

  /** Redis is killed, and started again after 30 s, while limits and balances refuse without it. */
  OUTAGE_CLOSED {
    @Override
    Trial trial() {
      return outage(label(), "closed", away(8, Store.Outage.KILLED, 30));
    }
  },

  /** The same while limits and balances let pass without it. */
  OUTAGE_OPEN {
    @Override
    Trial trial() {
      return outage(label(), "open", away(8, Store.Outage.KILLED, 30));
    }
  },

  /** The same while each node goes by its own part. */
  OUTAGE_SHARE {
    @Override
    Trial trial() {
      return outage(label(), "share", away(8, Store.Outage.KILLED, 30));
    }
  },

  /** Redis stands still with its connections open, twice. */
  HALT {
    @Override
    Trial trial() {
      return outage(
          label(), "open", away(8, Store.Outage.HALTED, 10), away(10, Store.Outage.HALTED, 10));
    }
  },

  /** The master of a watched pair is killed, twice. */
  FAILOVER_SENTINEL {
    @Override
    Trial trial() {
      return failover(label(), StoreKind.SENTINEL);
    }
  },

  /** Masters of a Redis Cluster are killed. */
  FAILOVER_CLUSTER {
    @Override
    Trial trial() {
      return failover(label(), StoreKind.CLUSTER);
    }
  },

  /** All of it at once, for as long as is asked for. */
  ALL {
    @Override
    Trial trial() {
      List<Incident> turn =
          List.of(
              new Incident.Kill(Duration.ofSeconds(5), 0),
              away(5, Store.Outage.KILLED, 5),
              new Incident.Kill(Duration.ofSeconds(5), 1),
              away(5, Store.Outage.FAILOVER, 3),
              away(5, Store.Outage.HALTED, 4));
      return new Trial(
          label(), 2, StoreKind.SENTINEL, "open", Duration.ofMinutes(2), unruly(24), turn, true);
    }
  };

  abstract Trial trial();

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<Lane> unruly(int callers) {
    Mix mix = new Mix(0.8, 0.2, 0.3, 0.09, 0.01, 0.05, 0.03, 0.02, 0.05);
    return List.of(new Lane("unruly", callers, mix, 600, null));
  }

  private static List<Incident> kills(int times) {
    return Collections.nCopies(times, new Incident.Kill(Duration.ofSeconds(4), 0));
  }

  private static Trial outage(String name, String fail, Incident... incidents) {
    long away = 0;
    for (Incident incident : incidents) {
      away +=
          incident.after().toSeconds()
              + (incident instanceof Incident.Away one ? one.length().toSeconds() : 0);
    }
    return new Trial(
        name,
        1,
        StoreKind.SINGLE,
        fail,
        Duration.ofSeconds(away + 12),
        unruly(24),
        List.of(incidents),
        false);
  }

  private static Trial failover(String name, StoreKind store) {
    return new Trial(
        name,
        2,
        store,
        "closed",
        Duration.ofSeconds(60),
        unruly(24),
        Collections.nCopies(2, away(8, Store.Outage.FAILOVER, 3)),
        false);
  }

  private static Incident away(int afterSeconds, Store.Outage outage, int seconds) {
    return new Incident.Away(Duration.ofSeconds(afterSeconds), outage, Duration.ofSeconds(seconds));
  }
}
