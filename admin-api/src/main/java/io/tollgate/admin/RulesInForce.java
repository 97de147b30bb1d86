package io.tollgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.ConfigFault;
import java.time.Instant;
import java.util.List;

/**
 * The rules that requests on this node go by; free of secrets.
 *
 * @param version of the edits; 0 while nobody has edited anything
 * @param fingerprint the same on all nodes that have the same rules
 * @param since when they came in force here
 * @param routes in the order of the configuration
 * @param refused why the last change of the file, or of the edits, is not in force here; empty when
 *     it is
 */
public record RulesInForce(
    long version,
    String fingerprint,
    Instant since,
    List<OfRoute> routes,
    Edited budgets,
    List<ConfigFault> refused) {
  public RulesInForce {
    routes = List.copyOf(routes);
    refused = List.copyOf(refused);
  }

  /**
   * A list of rules as it stands.
   *
   * @param edited whether it is an administrator's and not the file's
   */
  public record Edited(boolean edited, JsonNode entries) {}

  /** A route's limits. */
  public record OfRoute(String name, Edited limits) {}
}
