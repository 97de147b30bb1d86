package io.tollgate.admin;

import io.tollgate.contract.config.ConfigFault;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rules as they are answered. */
final class RulesView {
  private RulesView() {}

  /**
   * @param dryRun whether they only would be in force
   */
  static Answer answer(RulesInForce rules, boolean dryRun) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("version", rules.version());
    body.put("fingerprint", rules.fingerprint());
    body.put("since", rules.since().toString());
    body.put("dry_run", dryRun);
    body.put("routes", rules.routes().stream().map(RulesView::route).toList());
    body.put("budgets", list("entries", rules.budgets()));
    body.put("refused", rules.refused().stream().map(RulesView::fault).toList());
    return new Answer(200, body, Map.of("ETag", tag(rules.version())));
  }

  static Map<String, Object> fault(ConfigFault fault) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("path", fault.path());
    view.put("found", fault.found());
    view.put("allowed", fault.allowed());
    return view;
  }

  static String tag(long version) {
    return '"' + Long.toString(version) + '"';
  }

  private static Map<String, Object> route(RulesInForce.OfRoute route) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", route.name());
    view.putAll(list("limits", route.limits()));
    return view;
  }

  private static Map<String, Object> list(String name, RulesInForce.Edited list) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("source", list.edited() ? "edited" : "file");
    view.put(name, list.entries());
    return view;
  }
}
