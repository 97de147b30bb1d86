package io.tollgate.quota;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.Alert;
import io.tollgate.store.Turn;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators see of the quotas of one node: balances as last seen, and outages. Shared by all
 * instances of {@link QuotaVerticle} on the node; thread-safe.
 *
 * <p>Balances of consumers that the configuration does not name are not shown, so the number of
 * gauges is bounded.
 */
public final class QuotaMonitor {
  private static final Logger log = LoggerFactory.getLogger(QuotaMonitor.class);
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  private record Place(String store, String key) {}

  /** NaN until the balance was seen for the first time. */
  private static final class Sighting {
    private volatile double tokens = Double.NaN;
    private @Nullable Gauge gauge;
  }

  private final Map<Place, Sighting> balances = new ConcurrentHashMap<>();
  private final Map<String, Counter> passedUnpaid = new ConcurrentHashMap<>();
  private final MeterRegistry meters;
  private final Alarm alarm;
  private final Turn warning = new Turn();
  private final Turn refresh = new Turn();
  private final Map<String, Turn> sweeps = new ConcurrentHashMap<>();

  /**
   * @param alarm one for all services of the node
   */
  public QuotaMonitor(MeterRegistry meters, Alarm alarm, QuotaSettings settings) {
    this.meters = meters;
    this.alarm = alarm;
    watch(settings);
  }

  /** Shows the accounts of another version of the configuration, and those alone. */
  public synchronized void watch(QuotaSettings settings) {
    Set<Place> watched = new HashSet<>();
    for (Account account : settings.accounts()) {
      for (String consumer : settings.valuesOf(account)) {
        Place place = new Place(account.store(), account.key(consumer));
        watched.add(place);
        balances.computeIfAbsent(place, unseen -> sighting(account, consumer));
      }
      passedUnpaid.computeIfAbsent(account.name(), unseen -> passedUnpaid(account));
      BudgetTerms terms = account.terms();
      if (terms != null) {
        alarm.watch(Alert.Kind.QUOTA, terms.budget().name(), terms.budget().alerts());
      }
    }
    balances
        .entrySet()
        .removeIf(known -> !watched.contains(known.getKey()) && gone(known.getValue()));
  }

  private Sighting sighting(Account account, String consumer) {
    Sighting sighting = new Sighting();
    sighting.gauge =
        Gauge.builder("tollgate.quota.balance", sighting, seen -> seen.tokens)
            .description("Tokens left in a consumer's account, as last seen")
            .tag("account", account.prefix())
            .tag("store", account.store())
            .tag("consumer", consumer)
            .register(meters);
    return sighting;
  }

  private boolean gone(Sighting sighting) {
    if (sighting.gauge != null) {
      meters.remove(sighting.gauge);
    }
    return true;
  }

  private Counter passedUnpaid(Account account) {
    return Counter.builder("tollgate.quota.failopen")
        .description("Requests that passed while their balance was out of reach")
        .tag("account", account.prefix())
        .tag("store", account.store())
        .register(meters);
  }

  /** Called on an event loop, where nobody else tells the same. */
  void raise(Vertx vertx, Alert alert) {
    alarm.raise(vertx, alert);
  }

  /** A request passed that a budget in shadow would have refused. */
  void wouldRefuse(String budget) {
    Counter.builder("tollgate.quota.shadow")
        .description("Requests that a budget in shadow would have refused")
        .tag("budget", budget)
        .register(meters)
        .increment();
  }

  void saw(String store, String key, long tokens) {
    Sighting sighting = balances.get(new Place(store, key));
    if (sighting != null) {
      sighting.tokens = tokens;
    }
  }

  /** A request of this account passed although nothing could be held for it. */
  void passedUnpaid(String account, Throwable fault) {
    Counter counter = passedUnpaid.get(account);
    if (counter != null) {
      counter.increment();
    }
    warn("passes requests, to be settled later", fault);
  }

  /** A request was decided on by this node's part of its balance. */
  void wentByPart(Throwable fault) {
    warn("goes by this node's parts of what was left", fault);
  }

  void refused(Throwable fault) {
    warn("refuses requests", fault);
  }

  /** Whether the caller is the one to look at all balances now; true once in an interval. */
  boolean claimRefresh(Duration interval) {
    return refresh.take(interval);
  }

  /** Which event loop looks for dead holds in one of the accounts' stores. */
  Turn sweepOf(String store) {
    return sweeps.computeIfAbsent(store, unseen -> new Turn());
  }

  private void warn(String reaction, Throwable fault) {
    if (warning.take(WARNING_INTERVAL)) {
      log.warn("quota {}: {}", reaction, fault.getMessage());
    }
  }
}
