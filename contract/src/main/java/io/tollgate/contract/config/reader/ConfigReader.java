package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.ClusterConfig;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.LogConfig;
import io.tollgate.contract.config.NodeConfig;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProxyConfig;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.List;
import java.util.Map;

/** Reads a whole configuration. */
public final class ConfigReader {
  private ConfigReader() {}

  /**
   * Looks at everything before it answers: whoever has ten faults in a file learns of all ten.
   *
   * @param tree the file as a tree, without duplicate keys
   * @param environment what {@code ${NAME}} stands for
   */
  public static ConfigResult read(JsonNode tree, Map<String, String> environment) {
    Faults faults = new Faults();
    JsonNode filled = new Environment(environment, faults).fill(tree, "");
    TollgateConfig config = config(new Value(filled, "", faults), environment);
    List<ConfigFault> found = faults.faults();
    return found.isEmpty()
        ? new ConfigResult.Valid(config, faults.warnings())
        : new ConfigResult.Invalid(found);
  }

  private static TollgateConfig config(Value value, Map<String, String> environment) {
    try (Section file = Section.required(value, "a configuration")) {
      NodeConfig node = NodeReader.read(file.value("node"));
      ProxyConfig proxy = ProxyReader.read(file.value("proxy"));
      AdminConfig admin = AdminReader.read(file.value("admin"));
      ClusterConfig cluster = ClusterReader.read(file.value("cluster"));
      LogConfig log = LogReader.read(file.value("log"));
      JournalConfig journal = JournalReader.read(file.value("journal"));
      StoreTable stores = StoreReader.read(file.value("store"), file.value("services"));
      List<ProviderConfig> providers = ProviderReader.readAll(file.value("providers"));
      List<ConsumerConfig> consumers = ConsumerReader.readAll(file.value("consumers"));
      KnownNames known = KnownNames.of(consumers, providers, file.value("routes"));
      List<RouteConfig> routes = RouteReader.readAll(file.value("routes"), known, stores);
      List<Budget> quotas = BudgetReader.readAll(file.value("quotas"), known, stores);
      LimiterHttp limiterHttp =
          LimiterHttpReader.read(file.value("limiter_http"), stores, environment);
      PortCheck.check(file, proxy, admin, cluster, limiterHttp);
      return new TollgateConfig(
          node,
          proxy,
          admin,
          cluster,
          stores.stores(),
          providers,
          consumers,
          routes,
          quotas,
          log,
          journal,
          limiterHttp,
          WebhookReader.read(file.value("alerts")));
    }
  }
}
