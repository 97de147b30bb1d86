package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each thing that can be wrong outside the rate limits, and the exact line that tells it. */
class FaultsTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        arguments(
            "/proxi",
            "{}",
            "proxi: found an unknown key; allowed: node, proxy, admin, cluster, log, journal, store, services, providers, consumers, routes, quotas, limiter_http, alerts (did you mean proxy?)"),
        arguments(
            "/node",
            "{nmae: a}",
            "node.nmae: found an unknown key; allowed: name, data_dir, drain_timeout (did you mean name?)"),
        arguments("/node", "[]", "node: found an empty list; allowed: a section"),
        arguments(
            "/node",
            "{name: 'a b'}",
            "node.name: found \"a b\"; allowed: at most 63 letters, digits, dots, dashes and underscores"),
        arguments(
            "/node",
            "{drain_timeout: 30}",
            "node.drain_timeout: found 30; allowed: a time from 0s to 1h, such as 500ms, 30s, 2m or 1h"),
        arguments(
            "/node",
            "{drain_timeout: 2h}",
            "node.drain_timeout: found \"2h\"; allowed: a time from 0s to 1h, such as 500ms, 30s, 2m or 1h"),
        arguments(
            "/node",
            "{data_dir: 7}",
            "node.data_dir: found 7 without quotes; allowed: a path, in quotes"),
        arguments(
            "/proxy",
            "{http: {port: 70000}}",
            "proxy.http.port: found 70000; allowed: a whole number from 0 to 65535"),
        arguments(
            "/proxy",
            "{http: {port: 80.5}}",
            "proxy.http.port: found 80.5; allowed: a whole number from 0 to 65535"),
        arguments(
            "/proxy",
            "{http: {host: 'http://x'}}",
            "proxy.http.host: found \"http://x\"; allowed: an address of this machine, or 0.0.0.0"),
        arguments(
            "/proxy",
            "{http: {port: 8001}}",
            "admin.port: found 8001, which is proxy.http.port; allowed: a port of its own"),
        arguments(
            "/proxy",
            "{https: {certificate: /nowhere/tls.crt, key: /dev/null/x}}",
            "proxy.https.certificate: found \"/nowhere/tls.crt\", where there is no readable file; allowed: a readable PEM file with the certificate|proxy.https.key: found \"/dev/null/x\", where there is no readable file; allowed: a readable PEM file with the private key"),
        arguments(
            "/proxy",
            "{https: {}}",
            "proxy.https.certificate: found nothing; allowed: a readable PEM file with the certificate|proxy.https.key: found nothing; allowed: a readable PEM file with the private key"),
        arguments(
            "/journal",
            "{sync: sometimes, max_byte: 7}",
            "journal.sync: found \"sometimes\"; allowed: never, interval, always|journal.max_byte: found an unknown key; allowed: enabled, sync, sync_interval, max_bytes, keep, on_full (did you mean max_bytes?)"),
        arguments(
            "/journal",
            "{max_bytes: 1000, keep: 2h, on_full: drop, enabled: 'no'}",
            "journal.enabled: found \"no\"; allowed: true or false|journal.max_bytes: found 1000; allowed: a whole number from 16777216 to 68719476736|journal.keep: found \"2h\"; allowed: a time from 0s to 30m, such as 500ms, 30s, 2m or 1h|journal.on_full: found \"drop\"; allowed: refuse, pass"),
        arguments(
            "/journal",
            "{sync_interval: 1ms}",
            "journal.sync_interval: found \"1ms\"; allowed: a time from 10ms to 1m, such as 500ms, 30s, 2m or 1h"),
        arguments(
            "/admin/token",
            "12345",
            "admin.token: found a number without quotes; allowed: a bearer token, in quotes"),
        arguments("/admin/token", "''", "admin.token: found \"\"; allowed: a bearer token"),
        arguments(
            "/cluster",
            "{members: ['10.0.0.1']}",
            "cluster.members[0]: found \"10.0.0.1\"; allowed: host:port, such as 10.0.0.1:5701"),
        arguments(
            "/cluster",
            "{members: []}",
            "cluster.members: found an empty list; allowed: a list of host:port, one for each node"),
        arguments(
            "/log",
            "{decisions: sdtout}",
            "log.decisions: found \"sdtout\"; allowed: stdout, off, or a path with a slash such as ./decisions.log"),
        arguments(
            "/limiter_http",
            "{port: 8090}",
            "limiter_http.rate_limit_config: found RATE_LIMIT_CONFIG is not set; allowed: a list of entries with rate_limit_key_regex, fill_interval_second, tokens_per_fill, max_tokens and redis_expired_seconds; here or in the environment"),
        arguments(
            "/store",
            "{redis: 'http://x'}",
            "store.redis: found \"http://x\"; allowed: embedded, or redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded"),
        arguments(
            "/store",
            "{redis: 'redis://me:hush-hush@x:0'}",
            "store.redis: found an address of 24 characters; allowed: embedded, or redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded"),
        arguments(
            "/store",
            "{redis: ['redis://a', 'redis://b']}",
            "store.mode: found nothing, but a list of addresses in store.redis; allowed: cluster or sentinel; or one address in place of the list"),
        arguments(
            "/store",
            "{redis: 'redis://a', mode: cluster}",
            "store.redis: found one address, but a mode; allowed: a list of redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded; or no mode"),
        arguments(
            "/store",
            "{mode: sentinel, master: m}",
            "store.redis: found nothing, but a mode; allowed: a list of redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded; or no mode"),
        arguments(
            "/store",
            "{redis: ['redis://a'], mode: clustr}",
            "store.mode: found \"clustr\"; allowed: cluster, sentinel (did you mean cluster?)"),
        arguments(
            "/store",
            "{redis: ['redis://a'], mode: sentinel}",
            "store.master: found nothing; allowed: the name by which the sentinels know the master"),
        arguments(
            "/store",
            "{redis: ['redis://a'], mode: cluster, master: m}",
            "store.master: found a key of mode: sentinel; allowed: this key with mode: sentinel only"),
        arguments(
            "/store",
            "{redis: 'redis://a', sentinel_password: hush-hush}",
            "store.sentinel_password: found a key of mode: sentinel; allowed: this key with mode: sentinel only"),
        arguments(
            "/store",
            "{redis: ['redis://a'], mode: sentinel, master: m, sentinel_username: u}",
            "store.sentinel_password: found nothing, but a sentinel_username; allowed: the password of that user"),
        arguments(
            "/store",
            "{redis: [], mode: cluster}",
            "store.redis: found an empty list; allowed: a list of redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded"),
        arguments(
            "/store",
            "{redis: [embedded], mode: cluster}",
            "store.redis[0]: found \"embedded\"; allowed: redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded"),
        arguments(
            "/store",
            "{redis: ['redis://a/2'], mode: cluster}",
            "store.redis: found database 2; allowed: no database: Redis Cluster has none but 0"),
        arguments(
            "/store",
            "{redis: ['redis://a', 'redis://a:6379'], mode: cluster}",
            "store.redis[1]: found a:6379 a second time; allowed: each address once"),
        arguments(
            "/store",
            "{redis: ['redis://a', 'rediss://b'], mode: cluster}",
            "store.redis[1]: found another user, password, database or scheme than in the first address; allowed: the same in each address of the list"),
        arguments(
            "/store",
            "{redis: ['redis://:hush-hush@a', 'redis://:other-one@b'], mode: cluster}",
            "store.redis[1]: found another user, password, database or scheme than in the first address; allowed: the same in each address of the list"),
        arguments(
            "/services/1/address",
            "['redis://a', 'redis://b']",
            "services[1].mode: found nothing, but a list of addresses in services[1].address; allowed: cluster or sentinel; or one address in place of the list"),
        arguments(
            "/store",
            "{timeout: 0s}",
            "store.timeout: found \"0s\"; allowed: a time from 1ms to 10s, such as 500ms, 30s, 2m or 1h"),
        arguments(
            "/services/1/name",
            "local-redis.static",
            "services[1].name: found \"local-redis.static\" a second time; allowed: a name other than that of services[0].name"),
        arguments(
            "/services/1/address",
            "",
            "services[1].address: found nothing; allowed: embedded, or redis://[user:password@]host[:port][/database], or rediss://… for TLS; special characters of user and password percent-encoded"),
        arguments(
            "/providers/1/name",
            "aliyun",
            "providers[1].name: found \"aliyun\" a second time; allowed: a name other than that of providers[0].name"),
        arguments(
            "/providers/0/type",
            "qwenn",
            "providers[0].type: found \"qwenn\"; allowed: openai, qwen, deepseek, doubao, azure, demo (did you mean qwen?)"),
        arguments(
            "/providers/0/type",
            "",
            "providers[0].type: found nothing; allowed: openai, qwen, deepseek, doubao, azure, demo"),
        arguments(
            "/providers/0/api_tokens",
            "[]",
            "providers[0].api_tokens: found an empty list; allowed: at least one API token, or a base_url of a service that needs none"),
        arguments(
            "/providers/0/api_tokens",
            "sk-1",
            "providers[0].api_tokens: found \"sk-1\"; allowed: a list of API tokens"),
        arguments(
            "/providers/1/base_url",
            "127.0.0.1:9000",
            "providers[1].base_url: found \"127.0.0.1:9000\"; allowed: an http:// or https:// address without user, query and fragment"),
        arguments(
            "/providers/1/base_url",
            "'http://x/v1?key=hush-hush'",
            "providers[1].base_url: found an address of 25 characters; allowed: an http:// or https:// address without user, query and fragment"),
        arguments(
            "/providers/1/timeout",
            "120",
            "providers[1].timeout: found 120; allowed: a time from 1ms to 1h, such as 500ms, 30s, 2m or 1h"),
        arguments(
            "/providers/1/type",
            "azure",
            "providers[1].api_version: found nothing; allowed: Azure's api-version, such as \"2024-10-21\""),
        arguments(
            "/providers/1/api_version",
            "'2024-10-21'",
            "providers[1].api_version: found \"2024-10-21\"; allowed: nothing: only type azure has an api_version"),
        arguments(
            "/providers/1/demo",
            "{interval: 1s}",
            "providers[1].demo: found a section; allowed: nothing: only type demo has a pace"),
        arguments(
            "/consumers/1/name",
            "boss",
            "consumers[1].name: found \"boss\" a second time; allowed: a name other than that of consumers[0].name|routes[0].auth.allow[1]: found \"user\"; allowed: the name of a consumer: boss"),
        arguments(
            "/consumers/1/keys",
            "[boss-key-1]",
            "consumers[1].keys[0]: found a key that consumer boss has already; allowed: a key of its own"),
        arguments(
            "/consumers/1/keys",
            "[]",
            "consumers[1]: found a consumer without a key; allowed: at least one of keys or key_sha256"),
        arguments(
            "/consumers/1/keys",
            "['two words']",
            "consumers[1].keys[0]: found a secret of 9 characters; allowed: a key without spaces"),
        arguments(
            "/consumers/1/keys",
            "[12345678]",
            "consumers[1].keys[0]: found a number without quotes; allowed: a key without spaces, in quotes"),
        arguments(
            "/consumers/1/key_sha256",
            "abc",
            "consumers[1].key_sha256: found a secret of 3 characters; allowed: 64 hexadecimal digits, a key's SHA-256"),
        arguments(
            "/consumers/1/key_sha256",
            "dd2ae1be4a3f0ff1e2f9a9cfa2b6b8ce1b22a3a44b9b02fbb2d4ff7d5bd6ac1",
            "consumers[1].key_sha256: found a secret of 63 characters; allowed: 64 hexadecimal digits, a key's SHA-256"),
        arguments("/routes", "[]", "routes: found an empty list; allowed: at least one route"),
        arguments(
            "/routes",
            "",
            "routes: found nothing; allowed: a list of routes with name and upstreams"),
        arguments(
            "/routes/0/path_prefix",
            "v1",
            "routes[0].path_prefix: found \"v1\"; allowed: a path that begins with a slash"),
        arguments(
            "/routes/0/host",
            "'a.example.com:80'",
            "routes[0].host: found \"a.example.com:80\"; allowed: a host without port, such as api.example.com or *.example.com"),
        arguments(
            "/routes/0/models",
            "'g*t'",
            "routes[0].models: found \"g*t\"; allowed: an exact name, a prefix with * at its end, or *"),
        arguments(
            "/routes/0/headers",
            "{X-A: a, x-a: b}",
            "routes[0].headers.x-a: found the header x-a a second time; allowed: each header once"),
        arguments(
            "/routes/0/upstreams",
            "[alyun]",
            "routes[0].upstreams[0]: found \"alyun\"; allowed: the name of a provider: aliyun, local (did you mean aliyun?)"),
        arguments(
            "/routes/0/upstreams",
            "[]",
            "routes[0].upstreams: found an empty list; allowed: a list of provider names or of sections with provider, weight and model_mapping"),
        arguments(
            "/routes/0/upstreams",
            "[aliyun, aliyun]",
            "routes[0].upstreams[1]: found provider aliyun a second time; allowed: each provider once; its weight is its share"),
        arguments(
            "/routes/0/upstreams",
            "[{provider: aliyun, weight: 0}]",
            "routes[0].upstreams: found weights that are all 0; allowed: at least one upstream with a weight above 0"),
        arguments(
            "/routes/0/upstreams",
            "[{provider: aliyun, weight: -1}]",
            "routes[0].upstreams[0].weight: found -1; allowed: a whole number from 0 to 1000000|routes[0].upstreams: found weights that are all 0; allowed: at least one upstream with a weight above 0"),
        arguments(
            "/routes/0/upstreams",
            "[{provider: aliyun, model_mapping: {'a*b': c}}]",
            "routes[0].upstreams[0].model_mapping.a*b: found the pattern \"a*b\"; allowed: an exact name, a prefix with * at its end, or *"),
        arguments(
            "/routes/0/on_client_disconnect",
            "drian",
            "routes[0].on_client_disconnect: found \"drian\"; allowed: cancel, drain (did you mean drain?)"),
        arguments(
            "/routes/0/disconnect_drain",
            "{time: 5s}",
            "routes[0].disconnect_drain: found bounds of what is not done; allowed: on_client_disconnect: drain beside it"),
        arguments(
            "/routes/0",
            "{name: main, upstreams: [aliyun], on_client_disconnect: drain, disconnect_drain: {time: 5, bytes: 0, byts: 1}}",
            "routes[0].disconnect_drain.byts: found an unknown key; allowed: time, bytes (did you mean bytes?)|routes[0].disconnect_drain.bytes: found 0; allowed: a whole number from 1 to 1073741824|routes[0].disconnect_drain.time: found 5; allowed: a time from 100ms to 1h, such as 500ms, 30s, 2m or 1h"),
        arguments(
            "/routes/0/fallback",
            "{upstreams: [local], on: [refused, 200]}",
            "routes[0].fallback.on[0]: found \"refused\"; allowed: connect, timeout, 4xx, 5xx, or a status from 400 to 599|routes[0].fallback.on[1]: found 200; allowed: connect, timeout, 4xx, 5xx, or a status from 400 to 599"),
        arguments(
            "/routes/0/auth/allow",
            "[boss, nobody]",
            "routes[0].auth.allow[1]: found \"nobody\"; allowed: the name of a consumer: boss, user"),
        arguments(
            "/routes/0/auth/allow",
            "[]",
            "routes[0].auth.allow: found an empty list, so that nobody may use the route; allowed: at least one consumer; without allow, every consumer may|routes[0].ai-quota.admin_consumer: found boss, who may not use the route; allowed: a consumer that is in the route's auth.allow"),
        arguments(
            "/routes/0/auth",
            "{in_header: []}",
            "routes[0].auth: found neither a header nor a parameter to look for a key in; allowed: in_header: [x-api-key]"),
        arguments(
            "/routes/1",
            "{name: twin, path_prefix: /v1, upstreams: [local]}",
            "routes[1]: found conditions that hold only where those of route main above do, so that it is never taken; allowed: a place above that route, or other path_prefix, host, headers or models"),
        arguments(
            "/routes/1",
            "{name: hidden, path_prefix: /v1/chat, models: gpt-4, headers: {a: b}, upstreams: [local]}",
            "routes[1]: found conditions that hold only where those of route main above do, so that it is never taken; allowed: a place above that route, or other path_prefix, host, headers or models"),
        arguments(
            "/routes/0/ai-quota/admin_consumer",
            "",
            "routes[0].ai-quota.admin_consumer: found nothing (missing admin_consumer in config); allowed: the name of the consumer who may query and change quotas"),
        arguments(
            "/routes/0/ai-quota/admin_consumer",
            "root",
            "routes[0].ai-quota.admin_consumer: found \"root\"; allowed: the name of a consumer: boss, user"),
        arguments(
            "/routes/0/ai-quota/admin_path",
            "quota",
            "routes[0].ai-quota.admin_path: found \"quota\"; allowed: a path that begins with a slash, such as /quota"),
        arguments(
            "/routes/0/ai-quota/redis_key_prefix",
            "'a{b}'",
            "routes[0].ai-quota.redis_key_prefix: found \"a{b}\"; allowed: a text without spaces and braces"),
        arguments(
            "/routes/0/ai-quota/redis_key_prefix",
            "'tollgate:quota:'",
            "routes[0].ai-quota.redis_key_prefix: found \"tollgate:quota:\", as the keys of Tollgate's own begin; allowed: a text that does not begin with tollgate:"),
        arguments(
            "/routes/0/ai-quota/enable_path_suffixes",
            "/v1/x",
            "routes[0].ai-quota.enable_path_suffixes: found \"/v1/x\" (enable_path_suffixes must be an array); allowed: a list of paths"),
        arguments(
            "/routes/0/ai-quota/enable_path_suffixes",
            "[]",
            "routes[0].ai-quota.enable_path_suffixes: found an empty list (enable_path_suffixes must not be empty); allowed: at least one path"),
        arguments(
            "/routes/0/ai-quota/fail",
            "opne",
            "routes[0].ai-quota.fail: found \"opne\"; allowed: open, closed, share (did you mean open?)"),
        arguments(
            "/routes/0/ai-quota/redis",
            "{timeout: 1}",
            "routes[0].ai-quota.redis.service_name: found nothing (redis service name must not be empty); allowed: the name of one of the services"),
        arguments(
            "/routes/0/ai-quota/redis",
            "{service_name: ''}",
            "routes[0].ai-quota.redis.service_name: found \"\" (redis service name must not be empty); allowed: the name of one of the services"),
        arguments(
            "/routes/0/ai-quota/redis",
            "{service_name: shard}",
            "routes[0].ai-quota.redis.service_name: found \"shard\"; allowed: the name of a service: local-redis.static, shared (did you mean shared?)"),
        arguments(
            "/routes/0/ai-quota/redis",
            "{service_name: shared, timeout: 20000, service_port: 0}",
            "routes[0].ai-quota.redis.service_port: found 0; allowed: a whole number from 1 to 65535|routes[0].ai-quota.redis.timeout: found 20000; allowed: a whole number from 1 to 10000"),
        arguments(
            "/routes/0/ai-quota/redis",
            "{service_name: local-redis.static, database: 1}",
            "routes[0].ai-quota.redis: found username, password or database for a service whose address is embedded; allowed: service_name and timeout alone: the node's own store has its own of these"),
        arguments(
            "/routes/0/auth",
            "",
            "routes[0].ai-quota: found a quota on a route without auth, where nobody is known; allowed: auth on the route, such as auth: { in_header: [x-api-key, authorization] }"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void each_fault_has_its_exact_line(String pointer, String yaml, String lines) {
    assertThat(ConfigText.faults(ConfigText.with(pointer, yaml), Map.of()))
        .containsExactlyInAnyOrder(lines.split("\\|"));
  }
}
