package io.tollgate.quota;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link QuotaService} on ledgers, one for each Redis. Used on one event loop. */
final class LedgerQuota implements QuotaService {
  /** A store that is away is looked for about as often. */
  private static final long RETRY_AFTER_MILLIS = 1000;

  private static final Logger log = LoggerFactory.getLogger(LedgerQuota.class);

  private final Live<QuotaSettings> settings;
  private final Map<String, Ledger> ledgers;
  private final QuotaMonitor monitor;
  private final StandIn standIn;

  /**
   * @param ledgers by store id, one for each store of the node
   * @param standIn for balances that can't be reached
   */
  LedgerQuota(
      Live<QuotaSettings> settings,
      Map<String, Ledger> ledgers,
      QuotaMonitor monitor,
      StandIn standIn) {
    this.settings = settings;
    this.ledgers = ledgers;
    this.monitor = monitor;
    this.standIn = standIn;
  }

  /** Fails for a route that this node's configuration does not have. */
  @Override
  public Future<Reservation> reserve(ReserveRequest request) {
    Optional<QuotaBlock> block = settings.of(request.version()).routes().get(request.route());
    if (block == null) {
      return Future.failedFuture(
          new IllegalArgumentException("no route is named " + request.route()));
    }
    return block
        .map(quota -> reserve(quota, request))
        .orElseGet(() -> Future.succeededFuture(new Reservation.Reserved(List.of())));
  }

  @Override
  public Future<Acknowledged> settle(UsageEvent event) {
    long used = event.usage().billableTokens();
    List<QuotaHold> holds = event.quotaHolds();
    // A route has one quota at most, so this is what happens.
    if (holds.size() == 1) {
      return settle(event, holds.getFirst(), used).map(Acknowledged.YES);
    }
    List<Future<Line>> lines = new ArrayList<>(holds.size());
    for (QuotaHold hold : holds) {
      lines.add(settle(event, hold, used));
    }
    return acknowledge(lines);
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
    return acknowledge(lines).map(Renewed.UNKNOWN);
  }

  @Override
  public Future<Accounts> query(AccountQuery query) {
    Account account = settings.now().accounts().get(query.account());
    if (account == null) {
      return Future.succeededFuture(new Accounts.NoSuchAccount(query.account()));
    }
    return balances(
        query.consumers().stream()
            .map(consumer -> balance(account, consumer, Entry.read(account.key(consumer))))
            .toList());
  }

  @Override
  public Future<Accounts> change(AccountChange change) {
    Account account = settings.now().accounts().get(change.account());
    if (account == null) {
      return Future.succeededFuture(new Accounts.NoSuchAccount(change.account()));
    }
    String key = account.key(change.consumer());
    Entry entry =
        switch (change.kind()) {
          case SET -> Entry.set(key, change.tokens());
          case ADD -> Entry.add(key, change.tokens());
        };
    return balances(List.of(balance(account, change.consumer(), entry)));
  }

  private Future<Reservation> reserve(QuotaBlock quota, ReserveRequest request) {
    Account account = Account.of(quota);
    String key = account.key(request.consumer());
    return write(
            account.store(), Entry.reserve(key, request.requestId(), request.estimate().tokens()))
        .<Reservation>map(
            line ->
                line.exhausted()
                    ? new Reservation.Exhausted(
                        request.consumer(), line.balanceOrZero(), line.held())
                    : reserved(quota, key, request, line.tokens()))
        .otherwise(fault -> withoutBalance(quota, request, fault));
  }

  private Reservation reserved(QuotaBlock quota, String key, ReserveRequest request, long tokens) {
    if (quota.fail() == FailPolicy.SHARE) {
      Optional<Reservation> objection = standIn.objection(quota, key, request, tokens);
      if (objection.isPresent()) {
        write(quota.store(), Entry.settle(key, request.requestId(), 0, 0))
            .onFailure(fault -> log.debug("a hold is left to its lease", fault));
        return objection.get();
      }
    }
    return new Reservation.Reserved(List.of(new QuotaHold(quota.store(), key, tokens)));
  }

  private Reservation withoutBalance(QuotaBlock quota, ReserveRequest request, Throwable fault) {
    String key = Account.of(quota).key(request.consumer());
    // What is no number now can't be settled later either: only an outage may be passed over.
    if (quota.fail() == FailPolicy.OPEN && fault instanceof StoreFault) {
      monitor.passedUnpaid(quota.account(), fault);
      return new Reservation.Reserved(List.of(new QuotaHold(quota.store(), key, 0)));
    }
    if (quota.fail() == FailPolicy.SHARE && fault instanceof StoreFault) {
      Optional<Reservation> byPart = standIn.reserve(quota, key, request);
      if (byPart.isPresent()) {
        monitor.wentByPart(fault);
        return byPart.get();
      }
    }
    monitor.refused(fault);
    return new Reservation.Unavailable(request.consumer(), RETRY_AFTER_MILLIS);
  }

  private Future<Line> settle(UsageEvent event, QuotaHold hold, long used) {
    long age = System.currentTimeMillis() - event.atMillis();
    return write(
            hold.store(),
            Entry.settle(
                hold.key(),
                event.requestId(),
                used,
                hold.isInStore() ? Math.max(0, age) : Entry.NEVER_HELD))
        .onSuccess(settled -> standIn.confirmed(event.requestId(), hold));
  }

  private Future<Line> renew(Renewal.OpenRequest open, QuotaHold hold) {
    return write(
        hold.store(),
        Entry.renew(hold.key(), open.requestId(), open.soFar().billableTokens(), hold.tokens()));
  }

  private Future<Accounts.Balance> balance(Account account, String consumer, Entry entry) {
    return write(account.store(), entry)
        .map(line -> new Accounts.Balance(consumer, line.balanceOrZero(), line.held()));
  }

  private Future<Line> write(String store, Entry entry) {
    Ledger ledger = ledgers.get(store);
    if (ledger == null) {
      return Future.failedFuture(
          new IllegalArgumentException("no quota of this node's is in the store " + store));
    }
    return ledger
        .write(entry)
        .onSuccess(
            line -> {
              if (line.balance() != null) {
                monitor.saw(store, entry.key(), line.balance());
                if (entry.tellsHeld()) {
                  standIn.saw(store, entry.key(), line.balance(), line.held());
                }
              }
            });
  }

  private static Future<Acknowledged> acknowledge(List<Future<Line>> lines) {
    return Future.join(lines).map(Acknowledged.YES);
  }

  private static Future<Accounts> balances(List<Future<Accounts.Balance>> balances) {
    return Future.join(balances)
        .<Accounts>map(all -> new Accounts.Balances(all.list()))
        .otherwise(fault -> new Accounts.StoreFailed(String.valueOf(fault.getMessage())));
  }
}
