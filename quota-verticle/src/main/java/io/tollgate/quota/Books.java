package io.tollgate.quota;

import io.tollgate.contract.quota.AuditTrail;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledgers of all stores; tells the node what balances they were seen to have, and how far they
 * are used.
 */
final class Books {
  private final Map<String, Ledger> ledgers;
  private final QuotaMonitor monitor;
  private final StandIn standIn;
  private final BudgetAlerts alerts;

  /**
   * @param ledgers by store id, one for each store of the node
   * @param standIn for balances that can't be reached
   */
  Books(Map<String, Ledger> ledgers, QuotaMonitor monitor, StandIn standIn, BudgetAlerts alerts) {
    this.ledgers = ledgers;
    this.monitor = monitor;
    this.standIn = standIn;
    this.alerts = alerts;
  }

  /** Fails with a {@link BalanceFault}, or as the store does. */
  Future<Line> write(String store, Entry entry) {
    Ledger ledger = ledgers.get(store);
    return ledger == null
        ? missing(store)
        : ledger.write(entry).onSuccess(line -> saw(store, entry, line));
  }

  /** One future for each claim, in their order; those of one slot are taken together or not. */
  List<Future<Line>> reserve(String requestId, List<Claim> claims) {
    Map<String, List<Entry>> byStore = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>(claims.size());
    for (Claim claim : claims) {
      Entry entry = claim.entry(requestId);
      entries.add(entry);
      byStore.computeIfAbsent(claim.store(), first -> new ArrayList<>()).add(entry);
    }
    Map<Entry, Future<Line>> lines = new LinkedHashMap<>();
    byStore.forEach((store, own) -> lines.putAll(together(store, own)));
    return entries.stream().map(lines::get).toList();
  }

  /** The latest changes of a balance as the store has them. */
  Future<AuditTrail> audit(String store, String key, int limit) {
    Ledger ledger = ledgers.get(store);
    return ledger == null ? missing(store) : ledger.audit(key, limit);
  }

  private Map<Entry, Future<Line>> together(String store, List<Entry> entries) {
    Map<Entry, Future<Line>> lines = new LinkedHashMap<>();
    Ledger ledger = ledgers.get(store);
    if (ledger == null) {
      entries.forEach(entry -> lines.put(entry, missing(store)));
      return lines;
    }
    List<Future<Line>> answers = ledger.reserve(entries);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      lines.put(entry, answers.get(i).onSuccess(line -> saw(store, entry, line)));
    }
    return lines;
  }

  private void saw(String store, Entry entry, Line line) {
    alerts.saw(entry.key(), line);
    if (line.balance() != null) {
      monitor.saw(store, entry.key(), line.balance());
      if (entry.tellsHeld()) {
        standIn.saw(store, entry.key(), line);
      }
    }
  }

  private static <T> Future<T> missing(String store) {
    return Future.failedFuture(
        new IllegalArgumentException("no quota of this node's is in the store " + store));
  }
}
