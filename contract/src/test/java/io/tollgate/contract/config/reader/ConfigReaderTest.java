package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.JournalConfig.OnFull;
import io.tollgate.contract.config.JournalConfig.Sync;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.LogConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.UpstreamConfig;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  @TempDir private Path folder;

  @Test
  void what_is_absent_has_its_documented_default() {
    TollgateConfig config = ConfigText.valid(ConfigText.VALID);

    assertThat(config.node().name()).isEqualTo("node-1");
    assertThat(config.node().dataDir()).isEqualTo(Path.of("data"));
    assertThat(config.node().drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.proxy().http()).isEqualTo(new Listen("0.0.0.0", 8080));
    assertThat(config.proxy().https()).isNull();
    assertThat(config.proxy().maxBodyBytes()).isEqualTo(20971520);
    assertThat(config.admin().host()).isEqualTo("127.0.0.1");
    assertThat(config.admin().port()).isEqualTo(8001);
    assertThat(config.cluster()).isNull();
    assertThat(config.stores())
        .isEqualTo(Map.of("node", new StoreConfig.Embedded(Duration.ofSeconds(1))));
    assertThat(config.log()).isEqualTo(new LogConfig(LogConfig.Target.STDOUT, null));
    assertThat(config.journal())
        .isEqualTo(
            new JournalConfig(
                true,
                Sync.INTERVAL,
                Duration.ofSeconds(1),
                268435456,
                Duration.ofSeconds(30),
                OnFull.REFUSE));
    assertThat(config.providers().getFirst().timeout()).isEqualTo(Duration.ofSeconds(120));
    assertThat(config.providers().getFirst().connectTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void every_section_is_read() throws Exception {
    Path certificate = Files.writeString(folder.resolve("tls.crt"), "a certificate");
    Path key = Files.writeString(folder.resolve("tls.key"), "a key");
    String hash = KeyHash.of("another-key");

    TollgateConfig config =
        ConfigText.valid(
            """
            node: { name: node-7, data_dir: /tmp/seven, drain_timeout: 500ms }
            proxy:
              http: { host: 127.0.0.1, port: 9080 }
              https: { port: 9443, certificate: "%s", key: "%s" }
              max_body_bytes: 1000
            admin: { host: 0.0.0.0, port: 9001, token: admin-token-1 }
            cluster: { members: ["10.0.0.1:5701", "[::1]:5702"], port: 5702 }
            store: { redis: "rediss://user:p%%40ss@redis.example.com:6380/3", timeout: 2s }
            log: { decisions: /var/log/decisions.log }
            journal: { enabled: false, sync: always, max_bytes: 33554432, keep: 2m, on_full: pass }
            providers:
            - { name: azure, type: azure, base_url: "https://x.openai.azure.com", api_version: "2024-10-21", api_tokens: [t] }
            - { name: demo, type: demo, models: [a, b], demo: { first_token: 1s, interval: 0s } }
            consumers:
            - { name: user, keys: [user-key-1], key_sha256: "%s" }
            routes:
            - name: main
              path_prefix: /v1
              host: [API.example.com, "*.example.org"]
              headers: { X-Tenant: blue }
              models: gpt-*
              upstreams:
              - { provider: azure, weight: 3, model_mapping: { "gpt-4*": four, "*": any } }
              - demo
              fallback: { upstreams: [demo], on: [connect, 429, 4xx, "503"] }
              on_client_disconnect: drain
              disconnect_drain: { time: 5s }
              auth: { in_header: [Authorization], in_query: [apikey] }
            """
                .formatted(certificate, key, hash.toUpperCase(java.util.Locale.ROOT)));

    assertThat(config.proxy().https().certificate()).isEqualTo(certificate);
    assertThat(config.cluster().members()).containsExactly("10.0.0.1:5701", "[::1]:5702");
    assertThat(config.stores())
        .isEqualTo(
            Map.of(
                "node",
                new StoreConfig.Standalone(
                    "redis.example.com", 6380, true, "user", "p@ss", 3, Duration.ofSeconds(2))));
    assertThat(config.log())
        .isEqualTo(new LogConfig(LogConfig.Target.FILE, Path.of("/var/log/decisions.log")));
    assertThat(config.journal())
        .isEqualTo(
            new JournalConfig(
                false,
                Sync.ALWAYS,
                Duration.ofSeconds(1),
                33554432,
                Duration.ofMinutes(2),
                OnFull.PASS));
    assertThat(config.providers().getFirst().type()).isEqualTo(ProviderType.AZURE);
    assertThat(config.providers().getFirst().baseUrl())
        .isEqualTo(URI.create("https://x.openai.azure.com"));
    assertThat(config.providers().getLast().demo())
        .isEqualTo(new DemoConfig(Duration.ofSeconds(1), Duration.ZERO));
    assertThat(config.consumers().getFirst().keyHashes())
        .containsExactly(KeyHash.of("user-key-1"), hash);
    assertThat(config.consumers().getFirst().knownKeys())
        .isEqualTo(Map.of(KeyHash.of("user-key-1"), "user-key-1"));
    RouteConfig route = config.routes().getFirst();
    assertThat(route.hosts()).containsExactly("api.example.com", "*.example.org");
    assertThat(route.headers()).isEqualTo(Map.of("x-tenant", "blue"));
    assertThat(route.models()).containsExactly("gpt-*");
    assertThat(route.upstreams())
        .containsExactly(
            new UpstreamConfig("azure", 3, Map.of("gpt-4*", "four", "*", "any")),
            new UpstreamConfig("demo", 1, Map.of()));
    assertThat(route.onDisconnect())
        .isEqualTo(new ClientDisconnect.Drain(Duration.ofSeconds(5), 1024 * 1024));
    assertThat(route.fallback().on())
        .isEqualTo(new FallbackConfig.On(true, false, List.of(429, 4, 503)));
    assertThat(route.auth().inHeader()).containsExactly("authorization");
    assertThat(route.auth().inQuery()).containsExactly("apikey");
    assertThat(route.auth().allow()).containsExactly("user");
  }

  @Test
  void the_walkthrough_is_read_as_it_stands() {
    TollgateConfig config =
        ConfigText.valid(
            """
            services:
            - { name: local-redis.static, address: embedded }
            providers:
            - { name: model, type: demo }
            consumers:
            - { name: aliyun-admin, keys: [demo-admin] }
            routes:
            - name: main
              upstreams: [model]
              auth: {}
              ai-quota:
                redis_key_prefix: 'chat_quota:'
                admin_consumer: aliyun-admin
                admin_path: /quota
                redis:
                  service_name: local-redis.static
                  service_port: 80
                  timeout: 2000
              ai-token-ratelimit:
                rule_items:
                - limit_by_per_header: x-api-key
                  limit_keys:
                  - key: "*"
                    token_per_minute: 5
                rule_name: "default_rule"
                redis:
                  service_name: local-redis.static
                  service_port: 80
            """);

    RouteConfig route = config.routes().getFirst();
    assertThat(route.pathPrefix()).isEqualTo("/");
    assertThat(route.quota())
        .isEqualTo(
            new QuotaBlock(
                "chat_quota:",
                "aliyun-admin",
                "/quota",
                List.of(
                    "/v1/chat/completions",
                    "/v1/completions",
                    "/v1/embeddings",
                    "/v1/responses",
                    "/v1/messages"),
                "node",
                FailPolicy.CLOSED));
    LimitBlock limit = route.limits().getFirst();
    assertThat(limit.ruleName()).isEqualTo("default_rule");
    assertThat(limit.rejection().code()).isEqualTo(429);
    assertThat(limit.fail()).isEqualTo(FailPolicy.OPEN);
    assertThat(limit.store()).isEqualTo("node");
    assertThat(limit.items().getFirst().type()).isEqualTo(LimitType.LIMIT_BY_PER_HEADER);
    assertThat(limit.items().getFirst().keyName()).isEqualTo("x-api-key");
    assertThat(limit.items().getFirst().keys())
        .containsExactly(
            new LimitKeyRule("*", new Allowance(List.of(LimitTerms.fixed(5, 60)), List.of())));
    assertThat(config.longestStoreTimeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void all_faults_are_told_at_once() {
    assertThat(
            ConfigText.faults(
                """
                proxy: { http: { port: high }, max_body_bytes: -1 }
                cluster: { port: 70000 }
                providers: []
                routes:
                - { name: main, upstreams: [nobody], colour: blue }
                """))
        .containsExactly(
            "proxy.http.port: found \"high\"; allowed: a whole number from 0 to 65535, without"
                + " quotes",
            "proxy.max_body_bytes: found -1; allowed: a whole number from 1 to 1073741824",
            "cluster.members: found nothing; allowed: a list of host:port, one for each node",
            "cluster.port: found 70000; allowed: a whole number from 1 to 65535",
            "providers: found an empty list; allowed: at least one provider",
            "routes[0].upstreams[0]: found \"nobody\"; allowed: the name of a provider, of which"
                + " there are none",
            "routes[0].colour: found an unknown key; allowed: name, path_prefix, host, headers,"
                + " models, auth, upstreams, fallback, on_client_disconnect, disconnect_drain,"
                + " ai-quota, ai-token-ratelimit, llm-token-ratelimit");
  }

  @Test
  void texts_take_in_environment_variables() {
    Map<String, String> environment =
        Map.of("TOKEN", "from-outside", "PORT", "9080", "EMPTY", "", "PART", "half");

    ConfigResult result =
        ConfigReader.read(
            ConfigText.tree(
                ConfigText.VALID.replace("admin-token-1", "\"${TOKEN}\"")
                    + """
                    proxy: { http: { port: "${PORT}" } }
                    node: { name: "${NONE:-node}-${EMPTY:-x}-${PART}" }
                    store: { timeout: "${TIMEOUT:-3s}" }
                    log: { decisions: "./$${PART}" }
                    """),
            environment);

    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    TollgateConfig config = ((ConfigResult.Valid) result).config();
    assertThat(config.admin().token()).isEqualTo("from-outside");
    assertThat(config.proxy().http().port()).isEqualTo(9080);
    assertThat(config.node().name()).isEqualTo("node-x-half");
    assertThat(config.longestStoreTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.log().file()).isEqualTo(Path.of("./${PART}"));
  }

  @Test
  void a_missing_environment_variable_is_one_fault_and_named() {
    assertThat(
            ConfigText.faults(
                ConfigText.with("/providers/0/api_tokens", "['${DASHSCOPE_API_KEY}']"), Map.of()))
        .containsExactly(
            "providers[0].api_tokens[0]: found ${DASHSCOPE_API_KEY}, but the environment variable"
                + " DASHSCOPE_API_KEY is not set; allowed: set DASHSCOPE_API_KEY, or write"
                + " ${DASHSCOPE_API_KEY:-default}");
    assertThat(ConfigText.faults(ConfigText.with("/proxy", "{max_body_bytes: '${9}'}"), Map.of()))
        .containsExactly(
            "proxy.max_body_bytes: found ${9}; allowed: ${NAME} or ${NAME:-default} with a"
                + " variable's name; $${ for a plain ${");
  }

  @Test
  void what_the_environment_says_is_never_printed() {
    assertThat(
            ConfigText.faults(
                ConfigText.with("/proxy", "{max_body_bytes: '${SECRET}'}"),
                Map.of("SECRET", "hush-hush")))
        .containsExactly(
            "proxy.max_body_bytes: found ${SECRET}, which is set to 9 characters; allowed: a whole"
                + " number from 1 to 1073741824, without quotes");
  }

  @Test
  void no_fault_tells_a_secret() {
    List<String> faults =
        ConfigText.faults(
            """
            admin: { token: secret-admin }
            store: { redis: "redis://user:secret-redis@host/x" }
            services:
            - { name: a, address: "redis://:secret-service@host:6379/0" }
            providers:
            - { name: secret-provider, type: qwen, api_tokens: [secret-provider], base_url: "http://me:secret-base@x" }
            consumers:
            - { name: one, keys: [secret-consumer], key_sha256: secret-hash }
            - { name: two, keys: [secret-consumer, "secret consumer"] }
            routes:
            - name: main
              upstreams: [secret-consumer]
              auth: {}
              ai-token-ratelimit:
                rule_name: r
                redis: { service_name: a, password: secret-block }
                rule_items:
                - limit_by_per_header: authorization
                  limit_keys: [{ key: secret-header, token_per_minute: 0 }]
                - limit_by_header: x-api-key
                  limit_keys: [{ key: secret-consumer, token_per_minute: 0 }]
            """);

    assertThat(faults).hasSizeGreaterThan(8);
    assertThat(faults)
        .noneMatch(
            line ->
                line.matches(
                    ".*secret-(admin|redis|service|base|consumer|hash|block|header|provider).*"));
  }

  @Test
  void without_a_token_nobody_gets_in_and_a_warning_says_so() {
    ConfigResult result = ConfigReader.read(ConfigText.with("/admin", "{ port: 9001 }"), Map.of());

    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    ConfigResult.Valid valid = (ConfigResult.Valid) result;
    assertThat(valid.warnings())
        .containsExactly(
            "admin: there is no token, so that the REST API lets nobody in; set admin.token");
    assertThat(valid.config().admin().token()).isEmpty();
  }

  @Test
  void an_interval_that_nothing_waits_for_is_a_warning() {
    ConfigResult result =
        ConfigReader.read(
            ConfigText.with("/journal", "{ sync: never, sync_interval: 2s }"), Map.of());

    assertThat(((ConfigResult.Valid) result).warnings())
        .containsExactly("journal: sync_interval is used with sync: interval only");
  }

  @Test
  void one_redis_is_one_store_however_it_is_named() {
    TollgateConfig config =
        ConfigText.valid(
            ConfigText.VALID.replace(
                    "{ admin_consumer: boss }",
                    "{ admin_consumer: boss, redis: { service_name: shared, timeout: 300 } }")
                + """
                - name: second
                  path_prefix: /second
                  upstreams: [local]
                  auth: {}
                  ai-quota:
                    admin_consumer: boss
                    redis: { service_name: shared, service_port: 80, timeout: 700 }
                  ai-token-ratelimit:
                    rule_name: other
                    global_threshold: { token_per_day: 10 }
                    redis: { service_name: shared, database: 2 }
                """);

    assertThat(config.stores().keySet())
        .containsExactlyInAnyOrder("node", "10.0.0.9:6379/0", "10.0.0.9:6379/2");
    assertThat(config.stores().get("10.0.0.9:6379/0").timeout()).isEqualTo(Duration.ofMillis(700));
    assertThat(config.routes().getFirst().quota().account())
        .isEqualTo(config.routes().getLast().quota().account());
  }

  @Test
  void a_service_with_the_address_of_the_node_store_is_the_node_store() {
    TollgateConfig config =
        ConfigText.valid(
            ConfigText.VALID.replace(
                    "{ admin_consumer: boss }",
                    "{ admin_consumer: boss, redis: { service_name: shared } }")
                + "store: { redis: \"redis://10.0.0.9\" }\n");

    assertThat(config.routes().getFirst().quota().store()).isEqualTo("node");
    assertThat(config.stores().keySet()).containsExactly("node");
  }

  @Test
  void a_list_of_addresses_is_a_cluster_or_what_sentinels_watch() {
    TollgateConfig config =
        ConfigText.valid(
            """
            admin: { token: admin-token-1 }
            store:
              redis: ["redis://me:hush-hush@b:7001", "redis://me:hush-hush@a"]
              mode: cluster
            services:
            - name: watched
              address: ["rediss://:s%40crt@s1/3", "rediss://:s%40crt@s2:26380/3"]
              mode: sentinel
              master: mymaster
              sentinel_password: other-one
            - { name: same, address: ["redis://a", "redis://b:7001"], mode: cluster }
            providers: [ { name: local, type: openai, base_url: "http://127.0.0.1:9000/v1" } ]
            consumers: [ { name: boss, keys: [boss-key-1] } ]
            routes:
            - name: main
              path_prefix: /main
              upstreams: [local]
              auth: {}
              ai-quota: { admin_consumer: boss, redis: { service_name: watched } }
            - name: other
              path_prefix: /other
              upstreams: [local]
              auth: {}
              ai-quota:
                admin_consumer: boss
                redis: { service_name: same, username: me, password: hush-hush }
            """);

    String watched = "sentinel/mymaster/s1:26379,s2:26380/3";
    assertThat(config.stores())
        .isEqualTo(
            Map.of(
                "node",
                new StoreConfig.Cluster(
                    List.of(new StoreConfig.Server("a", 6379), new StoreConfig.Server("b", 7001)),
                    false,
                    "me",
                    "hush-hush",
                    Duration.ofSeconds(1)),
                watched,
                new StoreConfig.Sentinel(
                    List.of(
                        new StoreConfig.Server("s1", 26379), new StoreConfig.Server("s2", 26380)),
                    "mymaster",
                    true,
                    null,
                    "s@crt",
                    3,
                    null,
                    "other-one",
                    Duration.ofSeconds(1))));
    assertThat(config.routes().getFirst().quota().store()).isEqualTo(watched);
    assertThat(config.routes().getLast().quota().store()).isEqualTo("node");
    assertThat(config.stores().get(watched)).asString().doesNotContain("s@crt", "other-one");
  }

  @Test
  void two_routes_with_one_block_share_its_counters() {
    TollgateConfig config = ConfigText.valid(ConfigText.VALID + secondRoute(5));

    assertThat(config.routes().getFirst().limits()).isEqualTo(config.routes().getLast().limits());
    assertThat(ConfigText.faults(ConfigText.VALID + secondRoute(6)))
        .containsExactly(
            "routes[1].ai-token-ratelimit: found other limits than routes[0].ai-token-ratelimit"
                + " has, for the same counters; allowed: the same limits (the routes then share one"
                + " budget), or a rule_name of its own");
  }

  private static String secondRoute(int tokens) {
    return """
    - name: second
      path_prefix: /second
      upstreams: [local]
      auth: {}
      ai-token-ratelimit:
        rule_name: default_rule
        rule_items:
        - limit_by_per_header: X-Api-Key
          limit_keys:
          - { key: "*", token_per_minute: %d }
    """
        .formatted(tokens);
  }

  @Test
  void several_windows_on_one_key_are_several_items() {
    TollgateConfig config =
        ConfigText.valid(
            ConfigText.VALID
                + """
                    - limit_by_per_header: x-api-key
                      limit_keys:
                      - { key: "*", token_per_day: 50 }
                """);

    assertThat(config.routes().getFirst().limits().getFirst().items())
        .extracting(item -> item.keys().getFirst().allowance().windows().getFirst())
        .containsExactly(LimitTerms.fixed(5, 60), LimitTerms.fixed(50, 86_400));
  }
}
