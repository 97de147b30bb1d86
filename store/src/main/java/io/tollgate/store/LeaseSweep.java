package io.tollgate.store;

import io.tollgate.store.LeaseIndex.Claim;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second for leases in one store that have run out, and has them ended. All nodes do
 * so, each with the event loop that comes first, and share the work by claiming it.
 *
 * <p>Started, used and stopped on one event loop.
 */
public final class LeaseSweep {
  private static final Logger log = LoggerFactory.getLogger(LeaseSweep.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LOOK_AT_CLOCK = Duration.ofMillis(250);

  private final Vertx vertx;
  private final LeaseIndex index;
  private final Turn turn;
  private final Function<List<String>, Future<List<Long>>> reaper;
  private final long timer;
  private boolean underWay;

  private LeaseSweep(
      Vertx vertx, LeaseIndex index, Turn turn, Function<List<String>, Future<List<Long>>> reaper) {
    this.vertx = vertx;
    this.index = index;
    this.turn = turn;
    this.reaper = reaper;
    this.timer = vertx.setPeriodic(LOOK_AT_CLOCK.toMillis(), tick -> sweepWhenDue());
  }

  /**
   * Goes on until {@link #stop}.
   *
   * @param turn shared by the loops of the node that sweep the same index
   * @param reaper ends what has run out under each of these names, and says in how many
   *     milliseconds to look there again, or a negative number when nothing has a lease there
   */
  public static LeaseSweep start(
      Vertx vertx, LeaseIndex index, Turn turn, Function<List<String>, Future<List<Long>>> reaper) {
    return new LeaseSweep(vertx, index, turn, reaper);
  }

  public void stop() {
    vertx.cancelTimer(timer);
  }

  private void sweepWhenDue() {
    if (!underWay && turn.take(INTERVAL)) {
      underWay = true;
      sweep()
          .onFailure(fault -> log.debug("leases not looked at: {}", fault.getMessage()))
          .onComplete(swept -> underWay = false);
    }
  }

  /** Goes on while something is due. */
  private Future<Void> sweep() {
    return index
        .claim()
        .compose(
            claims ->
                claims.isEmpty() ? Future.succeededFuture() : end(claims).compose(v -> sweep()));
  }

  private Future<Void> end(List<Claim> claims) {
    return reaper
        .apply(claims.stream().map(Claim::name).toList())
        .compose(delays -> index.move(claims, delays));
  }
}
