package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.reader.ConfigReader;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.limiter.LimiterSetup;
import io.tollgate.proxy.ServiceCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From a tree to what may be started: read, and held against what the parts themselves ask for. */
final class Configuration {
  private Configuration() {}

  /**
   * @param clustered whether the node is to be one of several
   */
  static ConfigResult read(JsonNode tree, Map<String, String> environment, boolean clustered) {
    ConfigResult result = ConfigReader.read(tree, environment);
    return switch (result) {
      case ConfigResult.Invalid invalid -> invalid;
      case ConfigResult.Valid valid -> {
        List<ConfigFault> faults = new ArrayList<>(LimiterSetup.check(valid.config()));
        faults.addAll(ServiceCheck.faultsIn(valid.config()));
        if (clustered) {
          faults.addAll(ClusterCheck.faults(valid.config()));
        }
        yield faults.isEmpty() ? valid : new ConfigResult.Invalid(faults);
      }
    };
  }
}
