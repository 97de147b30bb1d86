package io.tollgate.limiter;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.explain.IdleRule;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.store.Turn;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the limiter's instances on one node share: the compiled rules of each version of the
 * configuration, the names of counters, and the record of outages. Made once for a node;
 * thread-safe.
 */
public final class LimiterSetup implements RuleMatch {
  private final KnownKeys keys = new KnownKeys();
  private final CounterNames names = new CounterNames(keys);
  private final Outages outages;
  private final Live<LimitRules> rules;
  private final Live<RuleTrace> traces;
  private final Map<String, Turn> sweeps = new ConcurrentHashMap<>();
  private final NodeParts parts = new NodeParts();
  private final ProviderHealths healths = new ProviderHealths();
  private final LoadScales loads;
  private final Tariff tariff;
  private final AlertWatch alerts;

  private LimiterSetup(LiveConfig config, MeterRegistry meters, AlertWatch alerts) {
    this.alerts = alerts;
    this.outages = new Outages(meters);
    this.loads = new LoadScales(healths, meters);
    this.tariff = new Tariff(InstantSource.system(), loads);
    this.rules = config.view(this::rules);
    this.traces = config.view(each -> new RuleTrace(each.routes(), keys, tariff));
  }

  /**
   * @param alerts one for all services of the node
   * @throws IllegalArgumentException when {@link #check} finds faults
   */
  public static LimiterSetup of(LiveConfig config, MeterRegistry meters, AlertWatch alerts) {
    return new LimiterSetup(config, meters, alerts);
  }

  /** Patterns that can't be compiled; empty when all can. */
  public static List<ConfigFault> check(TollgateConfig config) {
    List<ConfigFault> faults = new ArrayList<>(PatternCheck.faultsIn(config.routes()));
    LimiterHttp http = config.limiterHttp();
    if (http != null) {
      faults.addAll(AsmRules.faultsIn(http));
    }
    return faults;
  }

  /** The limits of the version of the rules that the request goes by. */
  @Override
  public Matched match(AdmitRequest request) {
    return rules.of(request.version()).match(request);
  }

  /** The rules of the request's route that do not apply to it. */
  List<IdleRule> idle(AdmitRequest request) {
    return traces.of(request.version()).idle(request);
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

  /** What is heard of the providers whose health rules follow. */
  ProviderHealths healths() {
    return healths;
  }

  /** A block with alerts by its rule's name, as it is now. */
  Optional<LimitBlock> alerting(String ruleName) {
    return rules.now().alerting(ruleName);
  }

  /** Who is told how far limits are used. */
  AlertWatch alerts() {
    return alerts;
  }

  /** Which loop of the node looks for dead holds in one of the stores. */
  Turn sweepOf(String store) {
    return sweeps.computeIfAbsent(store, first -> new Turn());
  }

  private LimitRules rules(TollgateConfig config) {
    List<ConfigFault> faults = check(config);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(faults.getFirst().toString());
    }
    keys.learn(config.consumers());
    for (RouteConfig route : config.routes()) {
      for (LimitBlock block : route.limits()) {
        outages.watch(block.ruleName());
        LimitAlerts.watch(block, alerts);
        if (block.load() != null) {
          loads.watch(block.ruleName(), block.load());
        }
      }
    }
    return new LimitRules(config.routes(), keys, tariff);
  }
}
