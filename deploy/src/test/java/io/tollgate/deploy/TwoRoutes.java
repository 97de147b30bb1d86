package io.tollgate.deploy;

/** What tests of whole nodes share: one route with a quota, one with a limit. */
final class TwoRoutes {
  static final String ADMIN_KEY = "key-of-admin";
  static final String USER_KEY = "key-of-user";

  private TwoRoutes() {}

  /**
   * Routes for the models {@code metered} and {@code limited}, to a simulated provider.
   *
   * @param pace its {@code demo} settings
   * @param ruleItem the limit's only rule item
   */
  static String yaml(String pace, String ruleItem) {
    return """
        providers:
        - { name: simulated, type: demo, demo: { %s } }
        consumers:
        - { name: admin, keys: [%s] }
        - { name: user, keys: [%s] }
        routes:
        - name: metered
          path_prefix: /v1
          models: [metered]
          upstreams: [simulated]
          auth: { in_header: [x-api-key], allow: [admin, user] }
          ai-quota: { admin_consumer: admin }
        - name: limited
          path_prefix: /v1
          models: [limited]
          upstreams: [simulated]
          auth: { in_header: [x-api-key], allow: [admin, user] }
          ai-token-ratelimit: { rule_name: shared, rule_items: [ { %s } ] }
        """
        .formatted(pace, ADMIN_KEY, USER_KEY, ruleItem);
  }
}
