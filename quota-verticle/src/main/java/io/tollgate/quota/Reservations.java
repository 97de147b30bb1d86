package io.tollgate.quota;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.quota.Stop;
import io.tollgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes holds for a request on every balance that it needs room in, or on none. Used on one event
 * loop.
 */
final class Reservations {
  /** A store that is away is looked for about as often. */
  private static final long RETRY_AFTER_MILLIS = 1000;

  private static final Logger log = LoggerFactory.getLogger(Reservations.class);

  /**
   * What a store said to one claim.
   *
   * @param line null when it did not answer
   * @param fault null when it did
   */
  private record Said(Claim claim, @Nullable Line line, @Nullable Throwable fault) {
    static Said of(Claim claim, Future<Line> answer) {
      return new Said(claim, answer.result(), answer.cause());
    }

    boolean isTaken() {
      return line != null && line.isTaken();
    }
  }

  private final Live<QuotaSettings> settings;
  private final Books books;
  private final QuotaMonitor monitor;
  private final StandIn standIn;

  Reservations(Live<QuotaSettings> settings, Books books, QuotaMonitor monitor, StandIn standIn) {
    this.settings = settings;
    this.books = books;
    this.monitor = monitor;
    this.standIn = standIn;
  }

  /** Fails for a route that this node's configuration does not have. */
  Future<Reservation> reserve(ReserveRequest request) {
    List<Claim> claims;
    try {
      claims = settings.of(request.version()).claims(request);
    } catch (IllegalArgumentException unknownRoute) {
      return Future.failedFuture(unknownRoute);
    }
    if (claims.isEmpty()) {
      return Future.succeededFuture(Reservation.Reserved.FREELY);
    }
    List<Future<Line>> answers = books.reserve(request.requestId(), claims);
    return Future.join(answers)
        .transform(
            (all, fault) -> {
              List<Said> said = new ArrayList<>(claims.size());
              for (int i = 0; i < claims.size(); i++) {
                said.add(Said.of(claims.get(i), answers.get(i)));
              }
              return Future.succeededFuture(decide(request, said));
            });
  }

  private Reservation decide(ReserveRequest request, List<Said> said) {
    Optional<Reservation> refusal = refusal(request, said);
    if (refusal.isPresent()) {
      giveBack(request.requestId(), said);
      return refusal.get();
    }
    List<QuotaHold> holds = new ArrayList<>(said.size());
    List<String> wouldRefuse = new ArrayList<>(0);
    List<Stop> stops = new ArrayList<>(0);
    for (Said one : said) {
      Claim claim = one.claim();
      Line line = one.line();
      if (line == null) {
        holds.add(claim.hold(0));
        continue;
      }
      String budget = claim.budgetName();
      if (line.status() == Line.Status.SHADOW && budget != null) {
        wouldRefuse.add(budget);
        monitor.wouldRefuse(budget);
      }
      if (claim.stopsStreams()) {
        stops.add(new Stop(holds.size(), claim.count(), line.tokens() + beyond(claim, line)));
      }
      holds.add(claim.hold(line.tokens()));
    }
    return new Reservation.Reserved(holds, wouldRefuse, stops);
  }

  /** What is left beside all that is held. */
  private static long beyond(Claim claim, Line line) {
    return line.balanceOrZero() + claim.overdraft() - line.held();
  }

  private Optional<Reservation> refusal(ReserveRequest request, List<Said> said) {
    return spent(request, said)
        .or(() -> unreachable(request, said))
        .or(() -> objection(request, said));
  }

  private static Optional<Reservation> spent(ReserveRequest request, List<Said> said) {
    for (Said one : said) {
      Line line = one.line();
      if (line != null && line.exhausted()) {
        return Optional.of(
            new Reservation.Exhausted(
                request.consumer(),
                line.balanceOrZero(),
                line.held(),
                one.claim().overdraft(),
                null,
                one.claim().budgetName(),
                line.resetMillis()));
      }
    }
    return Optional.empty();
  }

  /** What can't be reached is passed over, goes by this node's part, or refuses. */
  private Optional<Reservation> unreachable(ReserveRequest request, List<Said> said) {
    List<Claim> shared = new ArrayList<>(0);
    Map<Claim, Throwable> passed = new LinkedHashMap<>();
    Throwable last = null;
    for (Said one : said) {
      Throwable fault = one.fault();
      if (fault == null) {
        continue;
      }
      last = fault;
      // What is no number now can't be settled later either: only an outage may be passed over.
      if (one.claim().fail() == FailPolicy.CLOSED || !(fault instanceof StoreFault)) {
        return Optional.of(unavailable(request, fault));
      }
      if (one.claim().fail() == FailPolicy.SHARE) {
        shared.add(one.claim());
      } else {
        passed.put(one.claim(), fault);
      }
    }
    if (last != null && !shared.isEmpty()) {
      switch (standIn.reserve(shared, request.requestId(), request.consumer())) {
        case StandIn.Word.Held held -> monitor.wentByPart(last);
        case StandIn.Word.Spent spent -> {
          monitor.wentByPart(last);
          return Optional.of(spent.refusal());
        }
        case StandIn.Word.Unknown unknown -> {
          return Optional.of(unavailable(request, last));
        }
      }
    }
    passed.forEach((claim, fault) -> monitor.passedUnpaid(claim.account().name(), fault));
    return Optional.empty();
  }

  private Optional<Reservation> objection(ReserveRequest request, List<Said> said) {
    for (Said one : said) {
      Line line = one.line();
      if (line != null && one.claim().fail() == FailPolicy.SHARE) {
        Optional<Reservation.Exhausted> objection =
            standIn.objection(one.claim(), request.consumer(), line.tokens());
        if (objection.isPresent()) {
          return objection.map(Reservation.class::cast);
        }
      }
    }
    return Optional.empty();
  }

  private Reservation unavailable(ReserveRequest request, Throwable fault) {
    monitor.refused(fault);
    return new Reservation.Unavailable(request.consumer(), RETRY_AFTER_MILLIS);
  }

  /** What was taken in other slots or stores than the one that refused. */
  private void giveBack(String requestId, List<Said> said) {
    for (Said one : said) {
      if (one.isTaken()) {
        Claim claim = one.claim();
        Entry nothing = Entry.settle(claim.key(), requestId, 0, 0);
        books
            .write(claim.store(), nothing.on(claim.account().termsText()))
            .onFailure(fault -> log.debug("a hold is left to its lease", fault));
      }
    }
  }
}
