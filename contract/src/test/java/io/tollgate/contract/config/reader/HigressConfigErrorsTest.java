package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each misuse of {@code ai-token-ratelimit} and {@code ai-quota}, with Higress' own words where it
 * has some.
 */
class HigressConfigErrorsTest {
  private static final String BLOCK = "/routes/0/ai-token-ratelimit";
  private static final String PLACE = "routes[0].ai-token-ratelimit";
  private static final String ITEM = PLACE + ".rule_items[0]";
  private static final String KEY = ITEM + ".limit_keys[0]";
  private static final String IN_ITEM = "failed to parse rule_item in rule_items: ";
  private static final String LIMITS =
      "at least one of token_per_ or request_per_ with second, minute, hour, day, week, month; concurrent_requests; windows";

  static Stream<Arguments> blocks() {
    return Stream.of(
        arguments(
            "{global_threshold: {token_per_minute: 1}}",
            PLACE
                + ".rule_name: found nothing (missing rule_name in config); allowed: a name, which becomes part of the Redis keys"),
        arguments(
            "{rule_name: '', global_threshold: {token_per_minute: 1}}",
            PLACE
                + ".rule_name: found \"\"; allowed: a name without spaces and braces, of at most 128 characters"),
        arguments(
            "{rule_name: 'a{b}', global_threshold: {token_per_minute: 1}}",
            PLACE
                + ".rule_name: found \"a{b}\"; allowed: a name without spaces and braces, of at most 128 characters"),
        arguments(
            "{rule_name: r}",
            PLACE
                + ": found a block that limits nothing (at least one of 'global_threshold' or 'rule_items' must be set); allowed: global_threshold, rule_items, or both"),
        arguments(
            "{rule_name: r, rule_items: []}",
            PLACE
                + ".rule_items: found an empty list (config rule_items cannot be empty); allowed: at least one rule item"),
        arguments(
            "{rule_name: r, global_threshold: {}}",
            PLACE
                + ".global_threshold: found no limit (failed to parse global_threshold: one of 'token_per_second', 'token_per_minute', 'token_per_hour', or 'token_per_day' must be set for global_threshold); allowed: "
                + LIMITS),
        arguments(
            "{rule_name: r, global_threshold: {token_per_day: 0}}",
            PLACE
                + ".global_threshold.token_per_day: found 0 (failed to parse global_threshold: 'token_per_day' must be a positive integer, got 0); allowed: a whole number from 1 to 9007199254740992"),
        arguments(
            "{rule_name: r, global_threshold: {token_per_day: 9007199254740993}}",
            PLACE
                + ".global_threshold.token_per_day: found 9007199254740993; allowed: a whole number from 1 to 9007199254740992"),
        arguments(
            "{rule_name: r, global_threshold: {token_per_day: 99999999999999999999}}",
            PLACE
                + ".global_threshold.token_per_day: found 99999999999999999999; allowed: a whole number from 1 to 9007199254740992"),
        arguments(
            "{rule_name: r, global_threshold: {token_per_day: 1.5}}",
            PLACE
                + ".global_threshold.token_per_day: found 1.5; allowed: a whole number from 1 to 9007199254740992"),
        arguments(
            "{rule_name: r, global_threshold: {token_per_year: 5, token_per_day: 5}}",
            PLACE
                + ".global_threshold.token_per_year: found an unknown key; allowed: burst, algorithm, count, anchor, time_zone, "
                + "token_per_second, request_per_second, token_per_minute, request_per_minute, token_per_hour, request_per_hour, "
                + "token_per_day, request_per_day, token_per_week, request_per_week, token_per_month, request_per_month, "
                + "concurrent_requests, windows, schedule (did you mean token_per_hour?)"),
        arguments(
            "{rule_name: r, rejected_code: 200, global_threshold: {token_per_day: 5}}",
            PLACE + ".rejected_code: found 200; allowed: a whole number from 400 to 599"),
        arguments(
            "{rule_name: r, fail: shared, global_threshold: {token_per_day: 5}}",
            PLACE + ".fail: found \"shared\"; allowed: open, closed, share (did you mean share?)"),
        arguments(
            "{rule_name: r, match: any, global_threshold: {token_per_day: 5}}",
            PLACE + ".match: found \"any\"; allowed: all, first"),
        arguments(
            "{rule_name: r, strict: 'yes', global_threshold: {token_per_day: 5}}",
            PLACE + ".strict: found \"yes\"; allowed: true or false"),
        arguments(
            "{rule_name: r, clamp_output: true, global_threshold: {token_per_day: 5}}",
            PLACE
                + ".clamp_output: found true without strict: true; allowed: strict: true beside it, so that what does not fit is either cut or refused"),
        arguments(
            "{rule_name: r, redis: {}, global_threshold: {token_per_day: 5}}",
            PLACE
                + ".redis.service_name: found nothing (redis service name must not be empty); allowed: the name of one of the services"),
        arguments(
            "[{rule_name: r, global_threshold: {token_per_day: 5}}, {rule_name: r, global_threshold: {token_per_day: 5}}]",
            PLACE
                + "[1]: found rule_name \"r\" a second time on this route; allowed: a rule_name of its own for each block of a route"),
        arguments("nothing", PLACE + ": found \"nothing\"; allowed: a section"));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void each_fault_of_a_block_has_its_exact_line(String block, String line) {
    assertThat(ConfigText.faults(ConfigText.with(BLOCK, block), Map.of())).containsExactly(line);
  }

  static Stream<Arguments> items() {
    String limit = "token_per_minute: 5";
    return Stream.of(
        arguments(
            "{limit_keys: [{key: a, token_per_minute: 5}]}",
            ITEM
                + ": found no limit_by_… ("
                + IN_ITEM
                + "at least one of 'limit_by_header', 'limit_by_param', 'limit_by_consumer', 'limit_by_cookie', 'limit_by_per_header', 'limit_by_per_param', 'limit_by_per_consumer', 'limit_by_per_cookie', 'limit_by_per_ip' must be set); allowed: exactly one limit_by_…; write one rule item for each"),
        arguments(
            "{limit_by_header: x, limit_by_per_ip: from-remote-addr, limit_keys: []}",
            ITEM
                + ": found limit_by_header and limit_by_per_ip in one item; allowed: exactly one limit_by_…; write one rule item for each"),
        arguments(
            "{limit_by_header: x-tier}",
            ITEM
                + ".limit_keys: found nothing ("
                + IN_ITEM
                + "missing limit_keys in config for limit_by_header; add at least one entry, e.g. key: \"<exact-value>\"); allowed: a list of sections with key and token_per_…"),
        arguments(
            "{limit_by_per_ip: from-remote-addr, limit_keys: []}",
            ITEM
                + ".limit_keys: found an empty list ("
                + IN_ITEM
                + "config limit_keys cannot be empty for limit_by_per_ip; add at least one entry, e.g. key: \"0.0.0.0/0\"); allowed: a list of sections with key and token_per_…"),
        arguments(
            "{limit_by_header: x-tier, limit_keys: [{key: '', " + limit + "}]}",
            KEY
                + ".key: found \"\" ("
                + IN_ITEM
                + "limit_keys key is required); allowed: such as key: \"<exact-value>\""),
        arguments(
            "{limit_by_header: x-tier, limit_keys: [{key: '*', " + limit + "}]}",
            KEY
                + ".key: found \"*\" under limit_by_header, which takes exact values only; allowed: an exact value; for a limit for each value use limit_by_per_header: x-tier"),
        arguments(
            "{limit_by_param: tier, limit_keys: [{key: 'regexp:^a', " + limit + "}]}",
            KEY
                + ".key: found \"regexp:^a\" under limit_by_param, which takes exact values only; allowed: an exact value; for a limit for each value use limit_by_per_param: tier"),
        arguments(
            "{limit_by_cookie: tier, limit_keys: [{key: '*', " + limit + "}]}",
            KEY
                + ".key: found \"*\" under limit_by_cookie, which takes exact values only; allowed: an exact value; for a limit for each value use limit_by_per_cookie: tier"),
        arguments(
            "{limit_by_consumer: '', limit_keys: [{key: '*', " + limit + "}]}",
            KEY
                + ".key: found \"*\" under limit_by_consumer, which takes exact values only; allowed: an exact value; for a limit for each value use limit_by_per_consumer: ''"),
        arguments(
            "{limit_by_consumer: '', limit_keys: [{key: nobody, " + limit + "}]}",
            KEY + ".key: found \"nobody\"; allowed: the name of a consumer: boss, user"),
        arguments(
            "{limit_by_consumer: 3, limit_keys: [{key: user, " + limit + "}]}",
            ITEM
                + ".limit_by_consumer: found 3; allowed: ''; which consumers is for limit_keys to say"),
        arguments(
            "{limit_by_per_consumer: '', limit_keys: [{key: user, " + limit + "}]}",
            KEY
                + ".key: found \"user\" ("
                + IN_ITEM
                + "the 'limit_by_per_consumer' restriction must start with 'regexp:' or be exactly '*'); allowed: * or regexp:…; for an exact value use limit_by_consumer: ''"),
        arguments(
            "{limit_by_per_header: x-tier, limit_keys: [{key: gold, " + limit + "}]}",
            KEY
                + ".key: found \"gold\" ("
                + IN_ITEM
                + "the 'limit_by_per_header' restriction must start with 'regexp:' or be exactly '*'); allowed: * or regexp:…; for an exact value use limit_by_header: x-tier"),
        arguments(
            "{limit_by_per_param: tier, limit_keys: [{key: gold, " + limit + "}]}",
            KEY
                + ".key: found \"gold\" ("
                + IN_ITEM
                + "the 'limit_by_per_param' restriction must start with 'regexp:' or be exactly '*'); allowed: * or regexp:…; for an exact value use limit_by_param: tier"),
        arguments(
            "{limit_by_per_header: x-api-key, limit_keys: [{key: user-key-1, " + limit + "}]}",
            KEY
                + ".key: found a secret of 10 characters ("
                + IN_ITEM
                + "the 'limit_by_per_header' restriction must start with 'regexp:' or be exactly '*'); allowed: * or regexp:…; for an exact value use limit_by_header: x-api-key"),
        arguments(
            "{limit_by_per_header: x-tier, limit_keys: [{key: 'regexp:(', " + limit + "}]}",
            KEY
                + ".key: found \"regexp:(\" ("
                + IN_ITEM
                + "failed to compile regex for key 'regexp:(': Unclosed group); allowed: regexp: and an expression in RE2 syntax"),
        arguments(
            "{limit_by_per_header: x-tier, limit_keys: [{key: 'regexp:^(?!a)', " + limit + "}]}",
            KEY
                + ".key: found \"regexp:^(?!a)\" ("
                + IN_ITEM
                + "failed to compile regex for key 'regexp:^(?!a)': look-ahead and look-behind are not served); allowed: regexp: and an expression in RE2 syntax"),
        arguments(
            "{limit_by_per_ip: from-remote-addr, limit_keys: [{key: '10.0.0.256', " + limit + "}]}",
            KEY
                + ".key: found \"10.0.0.256\" ("
                + IN_ITEM
                + "failed to parse IPNet for key '10.0.0.256': invalid IP[10.0.0.256]); allowed: an address or a CIDR block, such as 10.0.0.0/8; 0.0.0.0/0 and ::/0 for everybody"),
        arguments(
            "{limit_by_per_ip: from-header-, limit_keys: [{key: '10.0.0.1', " + limit + "}]}",
            ITEM
                + ".limit_by_per_ip: found \"from-header-\" ("
                + IN_ITEM
                + "limit_by_per_ip parse error: empty after 'from-header-'); allowed: from-header-<name>, such as from-header-x-forwarded-for"),
        arguments(
            "{limit_by_per_ip: 10.0.0.0/8, limit_keys: [{key: '10.0.0.1', " + limit + "}]}",
            ITEM
                + ".limit_by_per_ip: found \"10.0.0.0/8\" ("
                + IN_ITEM
                + "the 'limit_by_per_ip' restriction must start with 'from-header-' or be exactly 'from-remote-addr'); allowed: from-remote-addr or from-header-<name>; addresses belong under limit_keys"),
        arguments(
            "{limit_by_header: x-tier, limit_keys: [{key: gold}]}",
            KEY
                + ": found no limit ("
                + IN_ITEM
                + "one of 'token_per_second', 'token_per_minute', 'token_per_hour', or 'token_per_day' must be set for key: gold); allowed: "
                + LIMITS),
        arguments(
            "{limit_by_header: x-tier, limit_keys: [{key: gold, token_per_minute: -5}]}",
            KEY
                + ".token_per_minute: found -5 ("
                + IN_ITEM
                + "'token_per_minute' must be a positive integer for key 'gold', got -5); allowed: a whole number from 1 to 9007199254740992"),
        arguments(
            "{limit_by_header: x-tier, limit_keys: [{key: gold, token_per_minute: 5}, {key: gold, token_per_day: 5}]}",
            ITEM
                + ".limit_keys[1]: found a key that an entry above it matches already; allowed: each key once, * last; an entry may have several limits"),
        arguments(
            "{limit_by_per_header: x-tier, limit_keys: [{key: '*', token_per_minute: 5}, {key: 'regexp:a', token_per_minute: 5}]}",
            ITEM
                + ".limit_keys[1]: found a key that an entry above it matches already; allowed: each key once, * last; an entry may have several limits"),
        arguments(
            "{limit_by_header: '', limit_keys: [{key: gold, token_per_minute: 5}]}",
            ITEM + ".limit_by_header: found \"\"; allowed: the name of a header"),
        arguments(
            "{limit_by_hedaer: x, limit_by_header: x, limit_keys: [{key: gold, token_per_minute: 5}]}",
            ITEM
                + ".limit_by_hedaer: found an unknown key; allowed: limit_by_header, limit_by_param, limit_by_consumer, limit_by_cookie, limit_by_per_header, limit_by_per_param, limit_by_per_consumer, limit_by_per_cookie, limit_by_per_ip, limit_by, limit_keys, when, missing (did you mean limit_by_header?)"));
  }

  @ParameterizedTest
  @MethodSource("items")
  void each_fault_of_a_rule_item_has_its_exact_line(String item, String line) {
    assertThat(ConfigText.faults(ConfigText.with(BLOCK + "/rule_items/0", item), Map.of()))
        .containsExactly(line);
  }

  static Stream<Arguments> quotas() {
    String place = "routes[0].ai-quota";
    return Stream.of(
        arguments(
            "{}",
            place
                + ".admin_consumer: found nothing (missing admin_consumer in config); allowed: the name of the consumer who may query and change quotas"),
        arguments(
            "{admin_consumer: boss, enable_path_suffixes: /v1/chat/completions}",
            place
                + ".enable_path_suffixes: found \"/v1/chat/completions\" (enable_path_suffixes must be an array); allowed: a list of paths"),
        arguments(
            "{admin_consumer: boss, enable_path_suffixes: []}",
            place
                + ".enable_path_suffixes: found an empty list (enable_path_suffixes must not be empty); allowed: at least one path"),
        arguments(
            "{admin_consumer: boss, redis: {service_name: ''}}",
            place
                + ".redis.service_name: found \"\" (redis service name must not be empty); allowed: the name of one of the services"));
  }

  @ParameterizedTest
  @MethodSource("quotas")
  void each_fault_of_a_quota_has_its_exact_line(String block, String line) {
    assertThat(ConfigText.faults(ConfigText.with("/routes/0/ai-quota", block), Map.of()))
        .containsExactly(line);
  }

  @Test
  void the_same_counter_in_two_items_is_a_duplicate() {
    assertThat(
            ConfigText.faults(
                ConfigText.with(
                    BLOCK + "/rule_items/1",
                    "{limit_by_per_header: X-API-KEY, limit_keys: [{key: '*', token_per_minute: 9}]}"),
                Map.of()))
        .containsExactly(
            PLACE
                + ".rule_items[1]: found a key that another rule item limits in the same window"
                + " (duplicate rule found: limit_by_per_header='x-api-key' in rule_items); allowed:"
                + " each type, name, key and window once");
  }

  @Test
  void more_than_ten_items_are_too_many() {
    StringBuilder items = new StringBuilder("[");
    for (int i = 0; i < 11; i++) {
      items
          .append("{limit_by_header: x, limit_keys: [{key: k")
          .append(i)
          .append(", token_per_day: 1}]},");
    }

    assertThat(
            ConfigText.faults(
                ConfigText.with(BLOCK + "/rule_items", items.append("]").toString()), Map.of()))
        .containsExactly(
            PLACE
                + ".rule_items: found 11 entries (rule_items length 11 exceeds maximum 10);"
                + " allowed: at most 10 rule items; a route may carry a list of blocks");
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit_by_consumer", "limit_by_per_consumer"})
  void limits_by_consumer_need_somebody_who_is_known(String type) {
    String key = type.contains("per") ? "'*'" : "user";

    assertThat(
            ConfigText.faults(
                ConfigText.VALID
                    + """
                    - name: open
                      path_prefix: /open
                      upstreams: [local]
                      ai-token-ratelimit:
                        rule_name: open
                        rule_items: [ { %s: '', limit_keys: [ { key: %s, token_per_day: 1 } ] } ]
                    """
                        .formatted(type, key)))
        .containsExactly(
            "routes[1].ai-token-ratelimit.rule_items[0]: found "
                + type
                + " on a route without auth, where nobody is known; allowed: auth on the route, such"
                + " as auth: { in_header: [x-api-key, authorization] }");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a+b*?c{2,3}",
        "^(?i)x$",
        "(?P<n>a)",
        "[[:alpha:]]+",
        "\\d\\w\\s\\pL",
        "[a\\]b]",
        "\\Qa+b\\E",
        "[]a]",
        "\\x{263a}",
        "a[+]+",
        "\\*+"
      })
  void what_re2_serves_is_accepted(String expression) {
    assertThat(Re2Syntax.fault(expression)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a)\\1",
        "(?=a)",
        "(?!a)",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)",
        "a++",
        "a*+",
        "a?+",
        "a{2}+",
        "(?<n>a)\\k<n>",
        "\\Z",
        "a\\R",
        "(",
        "[a",
        "*a",
        "a{2,1}"
      })
  void what_re2_does_not_serve_is_refused(String expression) {
    assertThat(Re2Syntax.fault(expression)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "10.0.0.0/8",
        "0.0.0.0/0",
        "::1",
        "::/0",
        "2001:db8::/32",
        "::ffff:1.2.3.4"
      })
  void addresses_and_blocks_are_told(String text) {
    assertThat(LimitPattern.isAddress(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0",
        "10.0.0.256",
        "10.0.0.0/33",
        "10.0.0.0/",
        "::1/129",
        "1.2.3.4.5",
        "localhost",
        "*",
        ":",
        "fe80::1%eth0",
        "10.0.0.0/8/8"
      })
  void what_is_no_address_is_told(String text) {
    assertThat(LimitPattern.isAddress(text)).isFalse();
  }
}
