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
      Mix plain = new Mix(0.7, 0, 0, 0, 0, 0, 0, 0);
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
          List.of());
    }
  },

  /** 30 % of all clients leave, 10 % of all answers break. */
  LEAVERS {
    @Override
    Trial trial() {
      return new Trial(
          label(), 1, StoreKind.SINGLE, "closed", Duration.ofSeconds(60), unruly(32), List.of());
    }
  },

  /**
   * One of two nodes is killed ten times, always as a client has just seen the end of an answer.
   */
  KILLS {
    @Override
    Trial trial() {
      return new Trial(
          label(), 2, StoreKind.SINGLE, "closed", Duration.ofSeconds(110), unruly(32), kills(10));
    }
  },

  /** The only node is killed and started again. */
  KILLS_ALONE {
    @Override
    Trial trial() {
      return new Trial(
          label(), 1, StoreKind.SINGLE, "closed", Duration.ofSeconds(60), unruly(24), kills(4));
    }
  };

  abstract Trial trial();

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<Lane> unruly(int callers) {
    Mix mix = new Mix(0.8, 0.2, 0.3, 0.09, 0.01, 0.05, 0.03, 0.02);
    return List.of(new Lane("unruly", callers, mix, 600, null));
  }

  private static List<Incident> kills(int times) {
    return Collections.nCopies(times, new Incident.Kill(Duration.ofSeconds(4), 0));
  }
}
