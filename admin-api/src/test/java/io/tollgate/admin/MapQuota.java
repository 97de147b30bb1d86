package io.tollgate.admin;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Balances in a map by account and consumer; nothing is held but for {@code held-back}: 30. */
final class MapQuota implements QuotaService {
  final List<AccountChange> changes = new CopyOnWriteArrayList<>();
  final Map<String, Long> balances = new ConcurrentHashMap<>();
  volatile AuditTrail trail = new AuditTrail.Entries(List.of());
  volatile Function<Accounts, Future<Accounts>> fate = Future::succeededFuture;

  @Override
  public Future<Accounts> query(AccountQuery query) {
    return fate.apply(
        new Accounts.Balances(
            query.consumers().stream().map(c -> balance(query.account(), c)).toList()));
  }

  @Override
  public Future<Accounts> change(AccountChange change) {
    changes.add(change);
    balances.merge(
        change.account() + change.consumer(),
        change.tokens(),
        (old, tokens) -> change.kind() == AccountChange.Kind.SET ? tokens : old + tokens);
    return fate.apply(new Accounts.Balances(List.of(balance(change.account(), change.consumer()))));
  }

  @Override
  public Future<AuditTrail> audit(AuditQuery query) {
    return Future.succeededFuture(trail);
  }

  @Override
  public Future<Reservation> reserve(ReserveRequest request) {
    throw new UnsupportedOperationException("the administrator's port reserves nothing");
  }

  @Override
  public Future<Acknowledged> settle(UsageEvent event) {
    throw new UnsupportedOperationException("the administrator's port settles nothing");
  }

  @Override
  public Future<Renewed> renew(Renewal renewal) {
    throw new UnsupportedOperationException("the administrator's port renews nothing");
  }

  private Accounts.Balance balance(String account, String consumer) {
    long held = consumer.equals("held-back") ? 30 : 0;
    return new Accounts.Balance(consumer, balances.getOrDefault(account + consumer, 0L), held);
  }
}
