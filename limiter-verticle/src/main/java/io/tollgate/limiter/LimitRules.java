package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.limiter.AdmitRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which limits apply to a request. Compiled once for a configuration; immutable. */
final class LimitRules implements RuleMatch {
  private record StoredCounter(String store, String counter) {}

  private final Map<String, List<RuleBlock>> byRoute;
  private final Map<String, LimitBlock> alerting;

  /**
   * @param tariff what of the rules' numbers is in force
   */
  LimitRules(Collection<RouteConfig> routes, KnownKeys keys, Tariff tariff) {
    this.byRoute =
        routes.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    RouteConfig::name,
                    route ->
                        route.limits().stream()
                            .map(block -> new RuleBlock(block, keys, tariff))
                            .toList()));
    this.alerting =
        routes.stream()
            .flatMap(route -> route.limits().stream())
            .filter(block -> !block.alerts().isEmpty())
            .collect(
                Collectors.toUnmodifiableMap(
                    LimitBlock::ruleName, block -> block, (first, second) -> first));
  }

  /** A block with alerts by its rule's name, the first of several; empty where there is none. */
  Optional<LimitBlock> alerting(String ruleName) {
    return Optional.ofNullable(alerting.get(ruleName));
  }

  /**
   * Every limit of the request's route that applies, in the order of the configuration. A counter
   * that several of them go by is there once, with the smallest limit.
   */
  @Override
  public Matched match(AdmitRequest request) {
    Map<StoredCounter, Limit> limits = new LinkedHashMap<>();
    List<Lack> lacks = new ArrayList<>();
    for (RuleBlock block : byRoute.getOrDefault(request.route(), List.of())) {
      block.match(
          request,
          limit ->
              limits.merge(
                  new StoredCounter(limit.block().store(), limit.counter()), limit, Limit::smaller),
          lacks::add);
    }
    return new Matched(List.copyOf(limits.values()), lacks);
  }
}
