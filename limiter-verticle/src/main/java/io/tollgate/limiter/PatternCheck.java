package io.tollgate.limiter;

import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.RouteConfig;
import java.util.ArrayList;
import java.util.List;

/** Tries every pattern of a configuration. */
final class PatternCheck {
  private static final KnownKeys NO_KEYS = KnownKeys.of(List.of());

  private final List<ConfigFault> faults = new ArrayList<>();

  private PatternCheck() {}

  static List<ConfigFault> faultsIn(List<RouteConfig> routes) {
    PatternCheck check = new PatternCheck();
    for (int i = 0; i < routes.size(); i++) {
      check.route("routes[" + i + "].ai-token-ratelimit", routes.get(i).limits());
    }
    return List.copyOf(check.faults);
  }

  private void route(String path, List<LimitBlock> blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      block(blocks.size() == 1 ? path : path + '[' + i + ']', blocks.get(i));
    }
  }

  private void block(String path, LimitBlock block) {
    for (int i = 0; i < block.items().size(); i++) {
      item(path + ".rule_items[" + i + ']', block.items().get(i));
    }
  }

  private void item(String path, LimitItem item) {
    for (int i = 0; i < item.keys().size(); i++) {
      key(path + ".limit_keys[" + i + "].key", item, item.keys().get(i));
    }
  }

  private void key(String path, LimitItem item, LimitKeyRule key) {
    try {
      List<ValuePattern> unused = ValuePattern.compile(item, key, NO_KEYS);
    } catch (IllegalArgumentException e) {
      faults.add(
          new ConfigFault(
              path, "'" + String.join(", ", key.patterns()) + "'", String.valueOf(e.getMessage())));
    }
  }
}
