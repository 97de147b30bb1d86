package io.tollgate.contract.alert;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of alerts in every way there is: a count, a line in the log, an event for whoever listens,
 * and the delivery to the operator. Whoever raises one has made sure that nobody else does. One for
 * all event loops of a node; thread-safe.
 */
public final class Alarm {
  private static final Logger log = LoggerFactory.getLogger("tollgate.alerts");

  private record Raised(Alert.Kind kind, String rule, int level) {}

  private final AlertService delivery;
  private final MeterRegistry meters;
  private final Map<Raised, Counter> counters = new ConcurrentHashMap<>();

  /**
   * @param delivery the client on the bus
   */
  public Alarm(AlertService delivery, MeterRegistry meters) {
    this.delivery = delivery;
    this.meters = meters;
  }

  /**
   * Shows a rule's levels in the metrics before any is reached, so that the first alert is seen as
   * an increase.
   */
  public void watch(Alert.Kind kind, String rule, List<Integer> levels) {
    for (int level : levels) {
      counters.computeIfAbsent(new Raised(kind, rule, level), this::counter);
    }
  }

  /** Called on an event loop; nobody waits for the delivery. */
  public void raise(Vertx vertx, Alert alert) {
    counters
        .computeIfAbsent(new Raised(alert.kind(), alert.rule(), alert.level()), this::counter)
        .increment();
    log.warn(
        "{} {}{}{}: {} % used, {} of {} {}",
        alert.kind().label(),
        alert.rule(),
        alert.subject() == null ? "" : " of " + alert.subject(),
        alert.shadow() ? " (in shadow)" : "",
        alert.level(),
        alert.used(),
        alert.limit(),
        alert.unit());
    Alert.TOPIC.publish(vertx, alert);
    delivery
        .raise(alert)
        .onFailure(
            fault ->
                log.debug("no node with the admin role has taken alert {}", alert.id(), fault));
  }

  /** Bounded: rules and levels are what the configuration names. */
  private Counter counter(Raised raised) {
    return Counter.builder("tollgate.alerts")
        .description("Limits and quotas that were used up to a level")
        .tag("kind", raised.kind().label())
        .tag("rule", raised.rule())
        .tag("level", Integer.toString(raised.level()))
        .register(meters);
  }
}
