package io.tollgate.quota;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.QuotaService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every configured balance now and then, so that changes from outside show in the gauges.
 * Whichever event loop of the node comes first does it.
 */
final class BalanceRefresh {
  private static final Logger log = LoggerFactory.getLogger(BalanceRefresh.class);
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final Duration LOOK_AT_CLOCK = Duration.ofSeconds(5);

  /** Few enough that requests which wait for the same Redis do not notice. */
  private static final int CONSUMERS_AT_ONCE = 100;

  private final Vertx vertx;
  private final long timer;
  private final QuotaService quota;
  private final QuotaMonitor monitor;
  private final Live<QuotaSettings> settings;

  private BalanceRefresh(
      Vertx vertx, QuotaService quota, QuotaMonitor monitor, Live<QuotaSettings> settings) {
    this.vertx = vertx;
    this.quota = quota;
    this.monitor = monitor;
    this.settings = settings;
    this.timer = vertx.setPeriodic(0, LOOK_AT_CLOCK.toMillis(), tick -> refreshWhenDue());
  }

  /** Goes on until {@link #stop}. */
  static BalanceRefresh start(
      Vertx vertx, QuotaService quota, QuotaMonitor monitor, Live<QuotaSettings> settings) {
    return new BalanceRefresh(vertx, quota, monitor, settings);
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void refreshWhenDue() {
    if (monitor.claimRefresh(INTERVAL)) {
      refresh(queries(settings.now()), 0);
    }
  }

  private static List<AccountQuery> queries(QuotaSettings settings) {
    List<AccountQuery> queries = new ArrayList<>();
    for (Account account : settings.accounts()) {
      List<String> consumers = settings.valuesOf(account);
      for (int from = 0; from < consumers.size(); from += CONSUMERS_AT_ONCE) {
        int to = Math.min(from + CONSUMERS_AT_ONCE, consumers.size());
        queries.add(new AccountQuery(account.name(), consumers.subList(from, to)));
      }
    }
    return queries;
  }

  private Future<Void> refresh(List<AccountQuery> queries, int index) {
    if (index == queries.size()) {
      return Future.succeededFuture();
    }
    return quota.query(queries.get(index)).compose(answer -> refreshNext(queries, index, answer));
  }

  private Future<Void> refreshNext(List<AccountQuery> queries, int index, Accounts answer) {
    if (answer instanceof Accounts.StoreFailed failed) {
      log.debug("balances not refreshed: {}", failed.reason());
    }
    return refresh(queries, index + 1);
  }
}
