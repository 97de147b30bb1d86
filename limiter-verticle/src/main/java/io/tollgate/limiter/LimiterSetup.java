package io.tollgate.limiter;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.store.Turn;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the limiter's instances on one node share: the compiled rules, the names of counters, and
 * the record of outages. Made once for a configuration; thread-safe.
 */
public final class LimiterSetup {
  private final LimitRules rules;
  private final CounterNames names;
  private final Outages outages;
  private final Map<String, Turn> sweeps;
  private final NodeParts parts = new NodeParts();

  private LimiterSetup(LimitRules rules, CounterNames names, Outages outages, Set<String> stores) {
    this.rules = rules;
    this.names = names;
    this.outages = outages;
    this.sweeps = stores.stream().collect(Collectors.toUnmodifiableMap(id -> id, id -> new Turn()));
  }

  /**
   * @throws IllegalArgumentException when {@link #check} finds faults
   */
  public static LimiterSetup of(TollgateConfig config, MeterRegistry meters) {
    List<ConfigFault> faults = check(config);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(faults.getFirst().toString());
    }
    KnownKeys keys = KnownKeys.of(config.consumers());
    Outages outages = new Outages(meters);
    Set<String> stores = new HashSet<>();
    for (RouteConfig route : config.routes()) {
      for (LimitBlock block : route.limits()) {
        outages.watch(block.ruleName());
        stores.add(block.store());
      }
    }
    return new LimiterSetup(
        new LimitRules(config.routes(), keys), new CounterNames(keys), outages, stores);
  }

  /** Patterns that can't be compiled; empty when all can. */
  public static List<ConfigFault> check(TollgateConfig config) {
    return PatternCheck.faultsIn(config.routes());
  }

  LimitRules rules() {
    return rules;
  }

  CounterNames names() {
    return names;
  }

  Outages outages() {
    return outages;
  }

  /** What goes for limits whose store can't be reached. */
  NodeParts parts() {
    return parts;
  }

  /** The ids of the stores that rules use. */
  Set<String> stores() {
    return sweeps.keySet();
  }

  /** Which loop of the node looks for dead holds in one of the stores. */
  Turn sweepOf(String store) {
    return Objects.requireNonNull(sweeps.get(store));
  }
}
