package io.tollgate.quota;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.explain.BalanceView;
import io.tollgate.contract.explain.BalancesView;
import io.tollgate.contract.explain.Passing;
import io.tollgate.contract.explain.QuotaExplainer;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.store.Links;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Explains what the quota service would say to a request. Balances are asked as for a reservation,
 * but the script leaves no trace. Used on one event loop.
 */
public final class QuotaInsight implements QuotaExplainer {
  private static final String PLAIN = "ai-quota";
  private static final long RETRY_AFTER_MILLIS = 1000;

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
    Optional<QuotaBlock> block =
        settings.of(request.version()).routes().getOrDefault(request.route(), Optional.empty());
    return block
        .map(quota -> explain(quota, request))
        .orElseGet(() -> Future.succeededFuture(BalancesView.NONE));
  }

  private Future<BalancesView> explain(QuotaBlock quota, ReserveRequest request) {
    Ledger ledger = ledgers.get(quota.store());
    if (ledger == null) {
      BalanceView unknown = unknown(quota, request, "its store does not run");
      return Future.succeededFuture(
          BalancesView.of(List.of(unknown), new Reservation.Reserved(List.of())));
    }
    String key = Account.of(quota).key(request.consumer());
    return ledger
        .peek(Entry.reserve(key, request.requestId(), request.estimate().tokens()))
        .map(line -> known(request, line))
        .otherwise(fault -> unreached(quota, request, String.valueOf(fault.getMessage())));
  }

  private static BalancesView known(ReserveRequest request, Line line) {
    long balance = line.balance() == null ? 0 : line.balance();
    BalanceView view =
        new BalanceView(
            PLAIN,
            request.consumer(),
            false,
            balance,
            Math.max(0, line.held() - line.tokens()),
            null,
            line.exhausted() ? Passing.REFUSES : Passing.PASSES,
            "");
    return BalancesView.of(
        List.of(view),
        line.exhausted()
            ? new Reservation.Exhausted(request.consumer(), balance, line.held())
            : new Reservation.Reserved(List.of()));
  }

  private static BalancesView unreached(QuotaBlock quota, ReserveRequest request, String why) {
    return BalancesView.of(
        List.of(unknown(quota, request, why)),
        quota.fail() == FailPolicy.OPEN
            ? new Reservation.Reserved(List.of())
            : new Reservation.Unavailable(request.consumer(), RETRY_AFTER_MILLIS));
  }

  private static BalanceView unknown(QuotaBlock quota, ReserveRequest request, String why) {
    return new BalanceView(
        PLAIN,
        request.consumer(),
        false,
        null,
        null,
        null,
        Passing.UNKNOWN,
        why + "; fail: " + quota.fail().name().toLowerCase(Locale.ROOT));
  }
}
