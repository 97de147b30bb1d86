package io.tollgate.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notices which rules and quotas an admitted request has passed without their stores. Shared by all
 * event loops of a node, thread-safe.
 */
final class Lapses {
  private static final String REQUESTS =
      "Requests that passed a limit or quota whose store could not be reached";
  private static final String TOKENS = "What these requests have used";

  private record OfRoute(Map<String, Lapse> byRule, @Nullable Lapse ofQuota) {}

  private final MeterRegistry meters;
  private final Live<Map<String, OfRoute>> byRoute;
  private final Live<Map<String, Lapse>> byBudget;
  private final Map<List<Object>, Lapse> made = new ConcurrentHashMap<>();

  Lapses(LiveConfig config, MeterRegistry meters) {
    this.meters = meters;
    this.byRoute = config.view(newest -> watch(newest.routes()));
    this.byBudget = config.view(newest -> budgets(newest.quotas()));
  }

  /** The request goes on; what it has passed without a store is told of its end by the notes. */
  void admitted(AdmittedCall call) {
    OfRoute route = routeOf(call);
    if (route == null) {
      return;
    }
    long now = System.nanoTime();
    List<Lapse.Passage> passages = new ArrayList<>(0);
    passLimits(route, call.holdings().limitHolds(), now, passages);
    for (QuotaHold hold : call.holdings().quotaHolds()) {
      String budget = hold.budget();
      Lapse lapse =
          budget == null ? route.ofQuota() : byBudget.of(call.inbound().version()).get(budget);
      pass(lapse, hold.isInStore(), now, passages);
    }
    CallNotes notes = call.inbound().notes();
    if (notes.unlimited) {
      route.byRule().values().forEach(lapse -> passages.add(lapse.passed(now)));
    }
    notes.passages = passages;
  }

  /** It goes on to another provider than the first. */
  void admitted(AdmittedCall call, Stay elsewhere) {
    OfRoute route = routeOf(call);
    if (route != null) {
      passLimits(route, elsewhere.limitHolds(), System.nanoTime(), call.inbound().notes().passages);
    }
  }

  private @Nullable OfRoute routeOf(AdmittedCall call) {
    return byRoute.of(call.inbound().version()).get(call.routed().route().name());
  }

  private static void passLimits(
      OfRoute route, List<LimitHold> holds, long now, List<Lapse.Passage> passages) {
    for (LimitHold hold : holds) {
      pass(route.byRule().get(hold.key().ruleName()), hold.isInStore(), now, passages);
    }
  }

  private static void pass(
      @Nullable Lapse lapse, boolean checked, long now, List<Lapse.Passage> passages) {
    if (lapse == null) {
      return;
    }
    if (checked) {
      lapse.checked(now);
    } else {
      passages.add(lapse.passed(now));
    }
  }

  private Map<String, Lapse> budgets(List<Budget> budgets) {
    Map<String, Lapse> byName = new HashMap<>();
    for (Budget budget : budgets) {
      Lapse lapse = lapse("budget", budget.name(), budget.withoutStore());
      if (lapse != null) {
        byName.put(budget.name(), lapse);
      }
    }
    return Map.copyOf(byName);
  }

  private Map<String, OfRoute> watch(List<RouteConfig> routes) {
    return routes.stream().collect(Collectors.toUnmodifiableMap(RouteConfig::name, this::watch));
  }

  private OfRoute watch(RouteConfig route) {
    Map<String, Lapse> byRule = new HashMap<>();
    for (LimitBlock block : route.limits()) {
      Lapse lapse = lapse("limit", block.ruleName(), block.fail());
      if (lapse != null) {
        byRule.put(block.ruleName(), lapse);
      }
    }
    QuotaBlock quota = route.quota();
    return new OfRoute(
        Map.copyOf(byRule),
        quota == null ? null : lapse("quota", quota.redisKeyPrefix(), quota.fail()));
  }

  /** Null where nothing passes without the store. */
  private @Nullable Lapse lapse(String kind, String name, FailPolicy policy) {
    return policy == FailPolicy.CLOSED
        ? null
        : made.computeIfAbsent(
            List.of(kind, name, policy),
            first ->
                new Lapse(
                    (kind.equals("limit") ? "rule " : kind + ' ') + name,
                    policy,
                    counter("tollgate.unchecked.requests", REQUESTS, kind, name, policy),
                    counter("tollgate.unchecked.tokens", TOKENS, kind, name, policy)));
  }

  private Counter counter(
      String metric, String description, String kind, String name, FailPolicy policy) {
    return Counter.builder(metric)
        .description(description)
        .tag("kind", kind)
        .tag("name", name)
        .tag("policy", policy.name().toLowerCase(Locale.ROOT))
        .register(meters);
  }
}
