package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.admin.RuleEdit;
import io.tollgate.contract.config.ConfigFault;
import java.util.List;
import java.util.function.Function;

/** What an edit makes of the edits there are, before it is known whether that is valid. */
sealed interface EditPlan {
  /** The edits as they would be. */
  record Fresh(RuleEdits next) implements EditPlan {}

  /** The edit has not the form of one. */
  record Faulty(List<ConfigFault> faults) implements EditPlan {}

  /** It is about something that does not exist. */
  record NoSuch(String what) implements EditPlan {}

  /**
   * @param merged the configuration with the current edits
   */
  static EditPlan of(RuleEdits current, RuleEdit edit, JsonNode merged, Secrets secrets) {
    return switch (edit) {
      case RuleEdit.Limits limits ->
          hasRoute(merged, limits.route())
              ? checked(
                  limits.blocks(), secrets, good -> current.withLimits(limits.route(), list(good)))
              : new NoSuch("route " + limits.route());
      case RuleEdit.FileLimits limits ->
          hasRoute(merged, limits.route()) || current.limits().containsKey(limits.route())
              ? new Fresh(current.withoutLimits(limits.route()))
              : new NoSuch("route " + limits.route());
      case RuleEdit.Budgets budgets ->
          budgets.entries().isArray()
              ? checked(budgets.entries(), secrets, current::withBudgets)
              : fault("body", "no list", "a list of budgets, as under quotas");
      case RuleEdit.FileBudgets all -> new Fresh(current.withBudgets(null));
      case RuleEdit.Budget budget -> budget(current, budget, merged, secrets);
      case RuleEdit.NoBudget none -> without(current, merged, none.name());
    };
  }

  private static EditPlan budget(
      RuleEdits current, RuleEdit.Budget budget, JsonNode merged, Secrets secrets) {
    JsonNode entry = budget.entry();
    return named(entry, budget.name())
        ? checked(
            entry,
            secrets,
            good -> current.withBudgets(with(merged, budget.name(), (ObjectNode) good)))
        : fault(
            "body.name",
            entry.isObject() ? entry.path("name").toString() : "no object",
            "a budget, with the name " + budget.name() + " or without one");
  }

  private static EditPlan checked(
      JsonNode body, Secrets secrets, Function<JsonNode, RuleEdits> next) {
    List<ConfigFault> faults = Secrets.faultsIn(body);
    return faults.isEmpty() ? new Fresh(next.apply(secrets.reveal(body))) : new Faulty(faults);
  }

  private static EditPlan fault(String path, String found, String allowed) {
    return new Faulty(List.of(new ConfigFault(path, found, allowed)));
  }

  private static boolean hasRoute(JsonNode merged, String name) {
    for (JsonNode route : merged.path("routes")) {
      if (route.path("name").asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** One block may stand for a list of one. */
  private static JsonNode list(JsonNode blocks) {
    return blocks.isArray() ? blocks : JsonNodeFactory.instance.arrayNode().add(blocks);
  }

  private static boolean named(JsonNode entry, String name) {
    return entry.isObject() && (!entry.has("name") || entry.path("name").asText().equals(name));
  }

  /** In the place of the one of that name, or else at the end. */
  private static ArrayNode with(JsonNode merged, String name, ObjectNode entry) {
    ObjectNode full = JsonNodeFactory.instance.objectNode().put("name", name);
    full.setAll(entry);
    ArrayNode budgets = JsonNodeFactory.instance.arrayNode();
    boolean placed = false;
    for (JsonNode there : merged.path(RuleEdits.BUDGETS)) {
      boolean same = there.path("name").asText().equals(name);
      budgets.add(same ? full : there);
      placed |= same;
    }
    return placed ? budgets : budgets.add(full);
  }

  private static EditPlan without(RuleEdits current, JsonNode merged, String name) {
    ArrayNode left = JsonNodeFactory.instance.arrayNode();
    boolean found = false;
    for (JsonNode there : merged.path(RuleEdits.BUDGETS)) {
      if (there.path("name").asText().equals(name)) {
        found = true;
      } else {
        left.add(there);
      }
    }
    return found ? new Fresh(current.withBudgets(left)) : new NoSuch("budget " + name);
  }
}
