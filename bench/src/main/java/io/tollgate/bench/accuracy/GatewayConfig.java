package io.tollgate.bench.accuracy;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The configuration of the nodes. Every call touches three limits too wide to refuse anything, of
 * itself alone, of its consumer and of all, and its consumer's balance: four books of the same
 * tokens.
 *
 * @param store the {@code store} section's lines
 * @param members the cluster's, as {@code host:port}; none for a node alone
 * @param fail the policy of every limit and balance while Redis is away
 */
record GatewayConfig(
    String store, List<String> members, int providerPort, Consumers consumers, String fail) {
  static final String CALL_HEADER = "x-demo-call";

  /** More than any run can spend. */
  static final long WIDE = 1_000_000_000_000L;

  /** The provider's patience; a stalled answer ends after it. */
  private static final String TIMEOUT = "8s";

  private static final int DAY_SECONDS = 86_400;

  static String callCounter(String call) {
    return counter("call", "limit_by_per_header", DAY_SECONDS) + ":" + CALL_HEADER + ":" + call;
  }

  static String consumerCounter(String consumer) {
    return counter("consumer", "limit_by_per_consumer", DAY_SECONDS)
        + ":x-mse-consumer:"
        + consumer;
  }

  /** What all calls without a cap share, and whose holds are those of all. */
  static String commonCounter() {
    return counter("all", "global_threshold", DAY_SECONDS);
  }

  static String capCounter(Lane lane, Cap.Limit limit) {
    return counter(lane.name(), "global_threshold", limit.windowSeconds());
  }

  static String balance(String consumer) {
    return "bench_quota:" + consumer;
  }

  /** The keys beside a counter or a balance that say what is held on it. */
  static String holds(String key) {
    return "{" + key + "}:holds";
  }

  private static String counter(String rule, String type, int windowSeconds) {
    return "higress-token-ratelimit:" + rule + ":" + type + ":" + windowSeconds;
  }

  String yaml() {
    return """
        node: { drain_timeout: 5s }
        admin: { token: bench-token }
        %s
        %s
        providers:
          - { name: simulated, type: openai, base_url: "http://127.0.0.1:%d/v1", timeout: %s }
        consumers:
          - { name: %s, keys: [%s] }
        %s
        routes:
        %s
        """
        .formatted(
            store,
            members.isEmpty() ? "" : "cluster: { members: " + quoted(members) + " }",
            providerPort,
            TIMEOUT,
            Consumers.ADMIN,
            Consumers.keyOf(Consumers.ADMIN),
            consumers.names().stream()
                .map(name -> "  - { name: %s, keys: [%s] }".formatted(name, Consumers.keyOf(name)))
                .collect(Collectors.joining("\n")),
            routes());
  }

  private String routes() {
    StringBuilder routes = new StringBuilder();
    for (Lane lane : consumers.lanes()) {
      if (lane.cap() != null) {
        routes.append(route(lane.name(), "[" + lane.name() + "]", capRule(lane)));
      }
    }
    return routes.append(route("open", "['*']", "")).toString();
  }

  private String route(String name, String models, String capRule) {
    return """
      - name: %s
        path_prefix: /v1
        models: %s
        upstreams: [{ provider: simulated }]
        auth: { in_header: [x-api-key] }
        ai-quota: { redis_key_prefix: "bench_quota:", admin_consumer: %s, fail: %s }
        ai-token-ratelimit:
          - rule_name: call
            fail: %5$s
            rule_items:
              - { limit_by_per_header: %6$s, limit_keys: [{ key: "*", token_per_day: %7$d }] }
          - rule_name: consumer
            fail: %5$s
            rule_items:
              - { limit_by_per_consumer: "", limit_keys: [{ key: "*", token_per_day: %7$d }] }
          - rule_name: all
            fail: %5$s
            global_threshold: { token_per_day: %7$d }
      %8$s"""
        .formatted(name, models, Consumers.ADMIN, fail, fail, CALL_HEADER, WIDE, capRule);
  }

  private String capRule(Lane lane) {
    return lane.cap() instanceof Cap.Limit limit
        ? """
              - rule_name: %s
                fail: %s
                strict: %s
                global_threshold: { %s: %d }
          """
            .formatted(lane.name(), fail, limit.strict(), limit.per(), limit.tokens())
        : "";
  }

  private static String quoted(List<String> members) {
    return members.stream()
        .map(member -> "\"" + member + "\"")
        .collect(Collectors.joining(", ", "[", "]"))
        .toLowerCase(Locale.ROOT);
  }
}
