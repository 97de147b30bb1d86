package io.tollgate.quota;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.explain.BalanceView;
import io.tollgate.contract.explain.BalancesView;
import io.tollgate.contract.explain.Passing;
import io.tollgate.contract.explain.QuotaExplainer;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.store.Links;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Explains what the quota service would say to a request. Balances are asked as for a reservation,
 * but the script leaves no trace. Used on one event loop.
 */
public final class QuotaInsight implements QuotaExplainer {
  private static final String PLAIN = "ai-quota";
  private static final long RETRY_AFTER_MILLIS = 1000;

  /** What one balance says, and what comes of it. */
  private record Word(BalanceView view, Reservation reservation) {}

  private final Live<QuotaSettings> settings;
  private final Map<String, Ledger> ledgers;

  /**
   * @param links to the stores that run; balances in others are told as not known
   */
  public QuotaInsight(Links links, Live<QuotaSettings> settings) {
    this.settings = settings;
    this.ledgers =
        links.byId().entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, link -> new Ledger(link.getValue())));
  }

  @Override
  public Future<BalancesView> explain(ReserveRequest request) {
    QuotaSettings version = settings.of(request.version());
    if (!version.hasRoute(request.route())) {
      return Future.succeededFuture(BalancesView.NONE);
    }
    List<Future<Word>> words = new ArrayList<>();
    for (Claim claim : version.claims(request)) {
      words.add(ask(claim, request));
    }
    return Future.join(words).map(all -> sum(all.list()));
  }

  /** The first balance that refuses is the one that the caller would be told of. */
  private static BalancesView sum(List<Word> words) {
    Reservation reservation =
        words.stream()
            .map(Word::reservation)
            .filter(Reservation.Exhausted.class::isInstance)
            .findFirst()
            .or(
                () ->
                    words.stream()
                        .map(Word::reservation)
                        .filter(Reservation.Unavailable.class::isInstance)
                        .findFirst())
            .orElse(Reservation.Reserved.FREELY);
    return BalancesView.of(words.stream().map(Word::view).toList(), reservation);
  }

  private Future<Word> ask(Claim claim, ReserveRequest request) {
    Ledger ledger = ledgers.get(claim.store());
    if (ledger == null) {
      return Future.succeededFuture(
          new Word(unknown(claim, "its store does not run"), Reservation.Reserved.FREELY));
    }
    return ledger
        .peek(claim.entry(request.requestId()))
        .map(line -> known(claim, request, line))
        .otherwise(fault -> unreached(claim, request, String.valueOf(fault.getMessage())));
  }

  private static Word known(Claim claim, ReserveRequest request, Line line) {
    BalanceView view =
        new BalanceView(
            name(claim),
            claim.value(),
            claim.isShadow(),
            line.balanceOrZero(),
            Math.max(0, line.held() - line.tokens()),
            line.resetMillis(),
            passing(line),
            "");
    return new Word(
        view,
        line.exhausted()
            ? new Reservation.Exhausted(
                request.consumer(),
                line.balanceOrZero(),
                line.held(),
                claim.overdraft(),
                null,
                claim.budgetName(),
                line.resetMillis())
            : Reservation.Reserved.FREELY);
  }

  private static Passing passing(Line line) {
    return switch (line.status()) {
      case OK, SPARED -> Passing.PASSES;
      case SHADOW -> Passing.WOULD_REFUSE;
      case EXHAUSTED -> Passing.REFUSES;
    };
  }

  private static Word unreached(Claim claim, ReserveRequest request, String why) {
    return new Word(
        unknown(claim, why),
        claim.fail() == FailPolicy.OPEN
            ? Reservation.Reserved.FREELY
            : new Reservation.Unavailable(request.consumer(), RETRY_AFTER_MILLIS));
  }

  private static BalanceView unknown(Claim claim, String why) {
    return new BalanceView(
        name(claim),
        claim.value(),
        claim.isShadow(),
        null,
        null,
        null,
        Passing.UNKNOWN,
        why + "; fail: " + claim.fail().name().toLowerCase(Locale.ROOT));
  }

  private static String name(Claim claim) {
    return Objects.requireNonNullElse(claim.budgetName(), PLAIN);
  }
}
