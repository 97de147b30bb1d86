package io.tollgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tollgate.contract.config.ConfigFault;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules of one route, kept in memory: each edit is remembered, and answered as the test says. */
final class KeptRules implements RuleEditor {
  /** What was asked for. */
  record Asked(RuleEdit edit, @Nullable Long seen, boolean dryRun) {}

  final List<Asked> asked = new ArrayList<>();

  /** What the next edit is answered; null for what an edit that is fine is answered. */
  @Nullable EditOutcome next;

  private long version = 7;

  @Override
  public RulesInForce rules() {
    JsonNode limits = JsonNodeFactory.instance.arrayNode().addObject().put("rule_name", "r");
    return new RulesInForce(
        version,
        "00000000000000ff",
        Instant.EPOCH,
        List.of(
            new RulesInForce.OfRoute(
                "chat",
                new RulesInForce.Edited(true, JsonNodeFactory.instance.arrayNode().add(limits)))),
        new RulesInForce.Edited(false, JsonNodeFactory.instance.arrayNode()),
        List.of(new ConfigFault("node", "something else than before", "a restart")));
  }

  @Override
  public Future<EditOutcome> edit(RuleEdit edit, @Nullable Long seen, boolean dryRun) {
    asked.add(new Asked(edit, seen, dryRun));
    if (next != null) {
      return Future.succeededFuture(next);
    }
    version++;
    return Future.succeededFuture(new EditOutcome.Applied(rules()));
  }
}
