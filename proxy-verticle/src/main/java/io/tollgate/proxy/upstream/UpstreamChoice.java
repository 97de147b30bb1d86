package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.UpstreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Chooses among a route's upstreams by weight and knows who comes after. */
final class UpstreamChoice {
  private final List<Upstream> first;
  private final int[] upTo;
  private final List<Upstream> after;
  private final FallbackConfig.@Nullable On on;

  UpstreamChoice(RouteConfig route) {
    List<UpstreamConfig> weighted =
        route.upstreams().stream().filter(upstream -> upstream.weight() > 0).toList();
    if (weighted.isEmpty()) {
      throw new IllegalArgumentException("no upstream of route " + route.name() + " has a weight");
    }
    this.first = upstreams(weighted);
    this.upTo = new int[weighted.size()];
    int sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += weighted.get(i).weight();
      upTo[i] = sum;
    }
    FallbackConfig fallback = route.fallback();
    this.after = fallback == null ? List.of() : upstreams(fallback.upstreams());
    this.on = fallback == null ? null : fallback.on();
  }

  /** One request's chain. */
  UpstreamChain chain() {
    Upstream chosen = chosen();
    if (after.isEmpty()) {
      return new UpstreamChain(List.of(chosen), on);
    }
    List<Upstream> chain = new ArrayList<>(after.size() + 1);
    chain.add(chosen);
    chain.addAll(after);
    return new UpstreamChain(chain, on);
  }

  private Upstream chosen() {
    int last = upTo.length - 1;
    if (last == 0) {
      return first.getFirst();
    }
    int lot = ThreadLocalRandom.current().nextInt(upTo[last]);
    int i = 0;
    while (lot >= upTo[i]) {
      i++;
    }
    return first.get(i);
  }

  private static List<Upstream> upstreams(List<UpstreamConfig> configured) {
    return configured.stream()
        .map(config -> new Upstream(config.provider(), new ModelMapping(config.modelMapping())))
        .toList();
  }
}
