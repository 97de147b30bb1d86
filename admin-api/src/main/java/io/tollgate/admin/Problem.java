package io.tollgate.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why a call was not answered as asked.
 *
 * @param code stable, for programs
 * @param message for people; without secrets
 * @param facts what else the error object says
 */
record Problem(
    int status,
    String code,
    String message,
    Map<String, Object> facts,
    Map<String, String> headers) {
  private static final int MAX_QUOTED = 100;

  static Problem of(int status, String code, String message) {
    return new Problem(status, code, message, Map.of(), Map.of());
  }

  /**
   * A value that is not allowed where it stands.
   *
   * @param field the body's field, or the query parameter
   */
  static Problem unacceptable(String field, String found, String allowed) {
    String quoted = found.length() <= MAX_QUOTED ? found : found.substring(0, MAX_QUOTED) + "…";
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("field", field);
    facts.put("found", quoted);
    facts.put("allowed", allowed);
    return new Problem(
        422,
        "invalid_value",
        field + ": found " + quoted + "; allowed: " + allowed,
        facts,
        Map.of());
  }

  static Problem consumerNotFound(String consumer) {
    return of(404, "consumer_not_found", "no consumer of the configuration is named " + consumer);
  }

  static Problem budgetNotFound(String budget) {
    return of(404, "budget_not_found", "no quota of the configuration is named " + budget);
  }

  static Problem quotaUnavailable(String reason) {
    return of(503, "quota_unavailable", reason).with("Retry-After", "1");
  }

  static Problem routeRequired(List<String> routes) {
    return new Problem(
        409,
        "route_required",
        "the routes pay from different accounts; choose one with ?route=",
        Map.of("routes", routes),
        Map.of());
  }

  /** The same problem with one more response header. */
  Problem with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Problem(status, code, message, facts, more);
  }

  Answer answer() {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    error.putAll(facts);
    return new Answer(status, Map.of("error", error), headers);
  }
}
