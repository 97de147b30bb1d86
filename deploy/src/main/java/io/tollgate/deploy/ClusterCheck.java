package io.tollgate.deploy;

import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.ArrayList;
import java.util.List;

/** What a configuration must have for a node to be one of several. */
final class ClusterCheck {
  private ClusterCheck() {}

  static List<ConfigFault> faults(TollgateConfig config) {
    List<ConfigFault> faults = new ArrayList<>();
    if (config.cluster() == null) {
      faults.add(
          new ConfigFault(
              "cluster", "nothing, but --cluster was given", "a section with members and port"));
    }
    if (config.stores().get(StoreConfig.NODE) instanceof StoreConfig.Embedded) {
      faults.add(
          new ConfigFault(
              "store.redis",
              "embedded, but --cluster was given",
              "redis://… or rediss://…: the nodes of a cluster count in one Redis that they share"));
    }
    return faults;
  }
}
