package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tollgate.admin.RulesInForce;
import io.tollgate.contract.config.ConfigFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Shows rules as they stand in the file, or were edited. */
final class RulesPage {
  private RulesPage() {}

  static RulesInForce of(Candidate.Ready rules, Instant since, List<ConfigFault> refused) {
    Secrets secrets = Secrets.of(rules.config());
    List<RulesInForce.OfRoute> routes = new ArrayList<>();
    for (JsonNode route : rules.merged().path("routes")) {
      String name = route.path("name").asText();
      routes.add(
          new RulesInForce.OfRoute(
              name,
              new RulesInForce.Edited(
                  rules.edits().limits().containsKey(name),
                  secrets.hide(list(route.path(RuleEdits.LIMITS))))));
    }
    return new RulesInForce(
        rules.edits().version(),
        Fingerprint.text(rules.id()),
        since,
        routes,
        new RulesInForce.Edited(
            rules.edits().budgets() != null,
            secrets.hide(list(rules.merged().path(RuleEdits.BUDGETS)))),
        refused);
  }

  private static JsonNode list(JsonNode oneOrMore) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    if (oneOrMore.isArray()) {
      return oneOrMore;
    }
    return oneOrMore.isObject() ? list.add(oneOrMore) : list;
  }
}
