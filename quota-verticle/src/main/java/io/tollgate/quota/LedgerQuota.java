package io.tollgate.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.AuditQuery;
import io.tollgate.contract.quota.AuditTrail;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link QuotaService} on ledgers, one for each Redis. Used on one event loop. */
final class LedgerQuota implements QuotaService {
  private final Live<QuotaSettings> settings;
  private final Books books;
  private final StandIn standIn;
  private final Reservations reservations;

  LedgerQuota(Live<QuotaSettings> settings, Books books, QuotaMonitor monitor, StandIn standIn) {
    this.settings = settings;
    this.books = books;
    this.standIn = standIn;
    this.reservations = new Reservations(settings, books, monitor, standIn);
  }

  @Override
  public Future<Reservation> reserve(ReserveRequest request) {
    return reservations.reserve(request);
  }

  @Override
  public Future<Acknowledged> settle(UsageEvent event) {
    List<QuotaHold> holds = event.quotaHolds();
    // Most requests have one, where joining costs more than the rest.
    Future<?> settled =
        holds.size() == 1
            ? settle(event, holds.getFirst())
            : Future.join(holds.stream().map(hold -> settle(event, hold)).toList());
    return settled
        .onSuccess(all -> standIn.confirmed(event.requestId(), holds))
        .map(Acknowledged.YES);
  }

  @Override
  public Future<Renewed> renew(Renewal renewal) {
    List<Future<Line>> lines = new ArrayList<>(renewal.open().size());
    for (Renewal.OpenRequest open : renewal.open()) {
      standIn.renew(open);
      for (QuotaHold hold : open.quotaHolds()) {
        lines.add(renew(open, hold));
      }
    }
    return Future.join(lines).map(all -> new Renewed(left(renewal, all.list())));
  }

  @Override
  public Future<Accounts> query(AccountQuery query) {
    Account account = settings.now().account(query.account());
    if (account == null) {
      return Future.succeededFuture(new Accounts.NoSuchAccount(query.account()));
    }
    String terms = account.termsText();
    return balances(
        query.consumers().stream()
            .map(
                consumer -> balance(account, consumer, Entry.read(account.key(consumer)).on(terms)))
            .toList());
  }

  @Override
  public Future<AuditTrail> audit(AuditQuery query) {
    Account account = settings.now().account(query.account());
    return account == null
        ? Future.succeededFuture(new AuditTrail.NoSuchAccount(query.account()))
        : books
            .audit(account.store(), account.key(query.consumer()), query.limit())
            .otherwise(fault -> new AuditTrail.StoreFailed(String.valueOf(fault.getMessage())));
  }

  @Override
  public Future<Accounts> change(AccountChange change) {
    Account account = settings.now().account(change.account());
    if (account == null) {
      return Future.succeededFuture(new Accounts.NoSuchAccount(change.account()));
    }
    String key = account.key(change.consumer());
    long expiry = Objects.requireNonNullElse(change.expiresAtMillis(), 0L);
    Entry entry =
        switch (change.kind()) {
          case SET -> Entry.set(key, change.tokens());
          case ADD -> Entry.add(key, change.tokens());
          case GRANT -> Entry.grant(key, change.tokens(), expiry);
        };
    Entry noted = entry.on(account.termsText()).noted(change.note());
    return balances(List.of(balance(account, change.consumer(), noted)));
  }

  private Future<Line> settle(UsageEvent event, QuotaHold hold) {
    long age = System.currentTimeMillis() - event.atMillis();
    Entry entry =
        Entry.settle(
            hold.key(),
            event.requestId(),
            event.countedBy(hold),
            hold.isInStore() ? Math.max(0, age) : Entry.NEVER_HELD);
    return books.write(hold.store(), entry.on(settings.now().termsOf(hold.budget())));
  }

  private Future<Line> renew(Renewal.OpenRequest open, QuotaHold hold) {
    Entry entry =
        Entry.renew(hold.key(), open.requestId(), hold.soFar(open.soFar()), hold.tokens());
    return books.write(hold.store(), entry.on(settings.now().termsOf(hold.budget())));
  }

  /** A plain balance ends no stream, so that as much as ever is left of it. */
  private Map<String, List<Long>> left(Renewal renewal, List<Line> lines) {
    Map<String, List<Long>> left = new HashMap<>();
    int next = 0;
    for (Renewal.OpenRequest open : renewal.open()) {
      List<Long> own = new ArrayList<>(open.quotaHolds().size());
      boolean isKnown = false;
      for (QuotaHold hold : open.quotaHolds()) {
        Long beyond = beyond(hold, lines.get(next++));
        own.add(beyond == null ? Long.MAX_VALUE : beyond);
        isKnown |= beyond != null;
      }
      if (isKnown) {
        left.put(open.requestId(), own);
      }
    }
    return left;
  }

  /** What is left beside what others hold, as seen from what the request was told that it holds. */
  private @Nullable Long beyond(QuotaHold hold, Line line) {
    Budget budget = hold.budget() == null ? null : settings.now().budget(hold.budget());
    Long balance = line.balance();
    return budget == null || balance == null
        ? null
        : balance + budget.overdraft() - line.held() + line.tokens() - hold.tokens();
  }

  private Future<Accounts.Balance> balance(Account account, String consumer, Entry entry) {
    return books
        .write(account.store(), entry)
        .map(
            line ->
                new Accounts.Balance(
                    consumer,
                    line.balanceOrZero(),
                    line.held(),
                    line.amount(),
                    line.resetMillis()));
  }

  private static Future<Accounts> balances(List<Future<Accounts.Balance>> balances) {
    return Future.join(balances)
        .<Accounts>map(all -> new Accounts.Balances(all.list()))
        .otherwise(
            fault ->
                fault instanceof BalanceFault known && known.isRefusal()
                    ? new Accounts.Refused(String.valueOf(fault.getMessage()))
                    : new Accounts.StoreFailed(String.valueOf(fault.getMessage())));
  }
}
