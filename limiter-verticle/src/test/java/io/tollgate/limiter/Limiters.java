package io.tollgate.limiter;

import static io.tollgate.limiter.Blocks.route;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.usage.Acknowledged;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Limiters put together as a node does it, without the node. */
final class Limiters {
  private Limiters() {}

  /** These blocks on the route that {@link Asks} take. */
  static LimitRules rules(LimitBlock... blocks) {
    return rules(KnownKeys.of(List.of()), route("chat", blocks));
  }

  /** By the clock, and by the health of providers of which nothing is heard. */
  static LimitRules rules(KnownKeys keys, RouteConfig... routes) {
    LoadScales unheard = new LoadScales(new ProviderHealths(), new SimpleMeterRegistry());
    return new LimitRules(List.of(routes), keys, new Tariff(InstantSource.system(), unheard));
  }

  /** Of a node that is alone. */
  static StandIn standIn() {
    return standIn(new NodeParts(), 1);
  }

  static StandIn standIn(NodeParts parts, int nodes) {
    return new StandIn(parts, () -> nodes, names());
  }

  static CounterNames names() {
    return new CounterNames(KnownKeys.of(List.of()));
  }

  /** On a store of its own. */
  static RedisLimiter limiter(RedisFixture redis, RuleMatch rules) {
    return limiter(redis, rules, new CounterStore(redis.link, names()));
  }

  static RedisLimiter limiter(RedisFixture redis, RuleMatch rules, CounterStore store) {
    return limiter(redis, rules, standIn(), Map.of(StoreConfig.NODE, store));
  }

  /** Whose alerts nobody wants. */
  static RedisLimiter limiter(
      RedisFixture redis, RuleMatch rules, StandIn standIn, Map<String, CounterStore> stores) {
    Alarm unheard = new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), redis.meters);
    return new RedisLimiter(
        rules,
        new Outages(redis.meters),
        standIn,
        stores,
        new LimitAlerts(redis.vertx, "node", new AlertWatch(unheard), rule -> Optional.empty()));
  }
}
