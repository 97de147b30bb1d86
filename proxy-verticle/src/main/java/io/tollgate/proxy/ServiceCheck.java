package io.tollgate.proxy;

import com.google.re2j.PatternSyntaxException;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.proxy.service.ServiceRule;
import java.util.ArrayList;
import java.util.List;

/** Tries the expressions in a configuration's {@code llm-token-ratelimit} blocks. */
public final class ServiceCheck {
  private ServiceCheck() {}

  /** Those that can't be compiled; empty when all can. */
  public static List<ConfigFault> faultsIn(TollgateConfig config) {
    List<ConfigFault> faults = new ArrayList<>();
    List<RouteConfig> routes = config.routes();
    for (int i = 0; i < routes.size(); i++) {
      LimitServiceConfig service = routes.get(i).limitService();
      if (service != null) {
        try {
          ServiceRule unused = ServiceRule.of(service);
        } catch (PatternSyntaxException e) {
          faults.add(
              new ConfigFault(
                  "routes[" + i + "]." + ServiceRule.NAME + ".matches",
                  String.valueOf(e.getMessage()),
                  "RE2 expressions"));
        }
      }
    }
    return faults;
  }
}
