package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.MissingKey;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.Penalty;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.Period.Unit;
import io.tollgate.contract.tokens.Count;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What rules can say beyond Higress. */
class RuleReaderTest {
  private static final String PLACE = "routes[0].ai-token-ratelimit";
  private static final String ALLOWED_PERIODS =
      "second, minute, hour, day, week, month, or a time such as 90s, 15m or 6h";
  private static final Count FOUR_TO_ONE = new Count(0, 1, 4, 0.1, 4);

  private static String config(String block) {
    return """
        admin: { token: admin-token-1 }
        providers:
        - { name: aliyun, type: qwen, api_tokens: [provider-token-1] }
        consumers:
        - { name: ann, keys: [ann-key-1], labels: { plan: pro, team: red } }
        - { name: bob, keys: [bob-key-1], labels: { plan: free } }
        routes:
        - name: chat
          upstreams: [ aliyun ]
          auth: {}
          ai-token-ratelimit: %s
        """
        .formatted(block);
  }

  private static LimitBlock block(String block) {
    return ConfigText.valid(config(block)).routes().getFirst().limits().getFirst();
  }

  private static List<LimitTerms> limits(String entry) {
    LimitBlock block = block("{ rule_name: r, global_threshold: " + entry + " }");
    assertThat(block.global()).isNotNull();
    return block.global().windows();
  }

  private static LimitTerms fixed(Count count, long amount, Period period) {
    return new LimitTerms(Algorithm.FIXED_WINDOW, period, count, amount, amount);
  }

  private static List<String> faults(String block) {
    return ConfigText.faults(config(block));
  }

  private static List<String> warnings(String block) {
    return ConfigReader.read(ConfigText.tree(config(block)), Map.of())
            instanceof ConfigResult.Valid valid
        ? valid.warnings()
        : List.of("it is not valid");
  }

  @Test
  void several_limits_of_one_entry_apply_together() {
    assertThat(
            limits(
                """
                { token_per_minute: 100, token_per_month: 5000, request_per_second: 2,
                  concurrent_requests: 3, windows: [ { tokens: 700, per: 90s } ] }
                """))
        .containsExactly(
            fixed(Count.REQUESTS, 2, Period.ofSeconds(1)),
            LimitTerms.fixed(100, 60),
            fixed(Count.TOTAL, 5000, new Period(1, Unit.MONTH, null)),
            LimitTerms.concurrent(3),
            LimitTerms.fixed(700, 90));
  }

  @ParameterizedTest
  @CsvSource({
    "second, 1",
    "minute, 60",
    "hour, 3600",
    "day, 86400",
    "week, 604800",
    "month, month",
  })
  void every_period_has_a_word_and_a_label(String word, String label) {
    assertThat(limits("{ token_per_" + word + ": 9, request_per_" + word + ": 9 }"))
        .extracting(LimitTerms::label)
        .containsExactly(label, label + "-requests");
    assertThat(limits("{ windows: [ { tokens: 9, per: " + word + " } ] }"))
        .isEqualTo(limits("{ token_per_" + word + ": 9 }"));
  }

  @Test
  void the_nearest_word_on_how_to_count_holds() {
    LimitBlock read =
        block(
            """
            { rule_name: r, algorithm: sliding_window, count: input,
              global_threshold: { token_per_hour: 10 },
              rule_items: [ { limit_by_per_consumer: '', limit_keys: [ { key: '*', algorithm: token_bucket,
                token_per_minute: 600, windows: [ { tokens: 5, per: second, algorithm: leaky_bucket, count: output } ] } ] } ] }
            """);

    assertThat(read.global().windows())
        .containsExactly(
            new LimitTerms(Algorithm.SLIDING_WINDOW, Period.ofSeconds(3600), Count.INPUT, 10, 10));
    assertThat(read.items().getFirst().keys().getFirst().allowance().windows())
        .containsExactly(
            new LimitTerms(Algorithm.TOKEN_BUCKET, Period.ofSeconds(60), Count.INPUT, 600, 600),
            new LimitTerms(Algorithm.LEAKY_BUCKET, Period.ofSeconds(1), Count.OUTPUT, 5, 5));
  }

  @ParameterizedTest
  @CsvSource({
    "token_bucket, '', 600", "token_bucket, 'burst: 900', 900",
    "leaky_bucket, '', 10", "leaky_bucket, 'burst: 25', 25",
  })
  void a_bucket_has_a_burst_of_its_own(String algorithm, String burst, long expected) {
    String entry = "{ token_per_minute: 600, algorithm: " + algorithm + ", " + burst + " }";

    assertThat(limits(entry.replace(",  }", " }")).getFirst().burst()).isEqualTo(expected);
  }

  @Test
  void a_slow_leaky_bucket_lets_at_least_one_through() {
    assertThat(limits("{ token_per_day: 5, algorithm: leaky_bucket }").getFirst().burst())
        .isEqualTo(1);
  }

  @Test
  void windows_begin_with_first_use_or_at_the_calendar_of_a_zone() {
    assertThat(limits("{ token_per_day: 5, anchor: calendar }"))
        .containsExactly(fixed(Count.TOTAL, 5, new Period(1, Unit.DAY, "UTC")));
    assertThat(limits("{ token_per_month: 5, time_zone: Europe/Berlin }"))
        .containsExactly(fixed(Count.TOTAL, 5, new Period(1, Unit.MONTH, "Europe/Berlin")));
    assertThat(limits("{ windows: [ { tokens: 5, per: 15m, anchor: calendar } ] }"))
        .containsExactly(fixed(Count.TOTAL, 5, new Period(15, Unit.MINUTE, "UTC")));
    assertThat(
            limits(
                "{ token_per_day: 5, time_zone: Asia/Tokyo, windows: [ { tokens: 1, per: hour, anchor: first_use }, { tokens: 9, per: week } ] }"))
        .containsExactly(
            fixed(Count.TOTAL, 5, new Period(1, Unit.DAY, "Asia/Tokyo")),
            LimitTerms.fixed(1, 3600),
            fixed(Count.TOTAL, 9, new Period(1, Unit.WEEK, "Asia/Tokyo")));
  }

  @Test
  void a_zone_of_the_block_is_no_matter_of_its_buckets() {
    LimitBlock read =
        block(
            """
            { rule_name: r, time_zone: UTC, global_threshold: { token_per_day: 5,
              windows: [ { tokens: 5, per: minute, algorithm: token_bucket } ] } }
            """);

    assertThat(read.global().windows())
        .extracting(limit -> limit.period().zone())
        .containsExactly("UTC", null);
  }

  @Test
  void counts_are_words_or_weights() {
    assertThat(limits("{ token_per_day: 5, count: output }").getFirst().count())
        .isEqualTo(Count.OUTPUT);
    assertThat(
            limits("{ token_per_day: 5, count: { input: 1, output: 4, cached: 0.1 } }")
                .getFirst()
                .count())
        .isEqualTo(FOUR_TO_ONE);
    assertThat(limits("{ token_per_day: 5, count: { input: 0.5, output: 2 } }").getFirst().count())
        .isEqualTo(new Count(0, 0.5, 2, 0.5, 2));
    assertThat(limits("{ token_per_day: 5, count: { input: 1, output: 1 } }").getFirst().count())
        .isEqualTo(Count.TOTAL);
  }

  @Test
  void blocks_say_how_they_refuse_and_whom_they_are_for() {
    LimitBlock read =
        block(
            """
            { rule_name: r, mode: shadow, strict: true, clamp_output: true, on_exhausted: stop,
              when: { labels: { plan: [pro, free] }, models: ["qwen-*"], consumers: ann },
              penalty: { refusals: 10, per: 2m, first: 5s, factor: 1.5, longest: 10m, forgive: 1h },
              global_threshold: { token_per_day: 5 } }
            """);

    assertThat(read.admitting())
        .isEqualTo(new LimitBlock.Admitting(LimitMode.SHADOW, true, true, OnExhausted.STOP));
    assertThat(read.when())
        .isEqualTo(
            new Selector(
                Map.of("plan", List.of("pro", "free")),
                List.of("ann"),
                List.of("qwen-*"),
                List.of()));
    assertThat(read.penalty())
        .isEqualTo(
            new Penalty(
                10,
                Duration.ofMinutes(2),
                Duration.ofSeconds(5),
                1.5,
                Duration.ofMinutes(10),
                Duration.ofHours(1)));
    assertThat(
            block(
                    "{ rule_name: r, penalty: { refusals: 3 }, global_threshold: { token_per_day: 5 } }")
                .penalty())
        .isEqualTo(
            new Penalty(
                3,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                2,
                Duration.ofHours(1),
                Duration.ofMinutes(10)));
  }

  @Test
  void items_go_by_dimensions() {
    List<LimitItem> items =
        block(
                """
                { rule_name: r, missing: refuse, rule_items: [
                  { limit_by: [consumer, model], when: { labels: { plan: pro } }, limit_keys: [
                    { key: { consumer: ann, model: "qwen-*" }, token_per_day: 9 },
                    { key: { model: "regexp:^gpt" }, token_per_day: 8 },
                    { key: "*", token_per_day: 7 } ] },
                  { limit_by: "header:X-Tier", missing: shared, limit_keys: [ { key: "*", token_per_day: 1 } ] },
                  { limit_by: label:team, limit_keys: [ { key: red, token_per_day: 2 } ] },
                  { limit_by: ip, limit_keys: [ { key: 10.0.0.0/8, token_per_day: 3 } ] },
                  { limit_by: [provider, route], limit_keys: [ { key: { provider: aliyun, route: chat }, token_per_day: 3 } ] } ] }
                """)
            .items();

    assertThat(items).extracting(LimitItem::type).containsOnly(LimitType.LIMIT_BY);
    assertThat(items)
        .extracting(LimitItem::keyName)
        .containsExactly("consumer,model", "header:x-tier", "label:team", "ip", "provider,route");
    assertThat(items.getFirst().keys())
        .extracting(LimitKeyRule::patterns)
        .containsExactly(List.of("ann", "qwen-*"), List.of("*", "regexp:^gpt"), List.of("*", "*"));
    assertThat(items)
        .extracting(LimitItem::missing)
        .containsExactly(
            MissingKey.REFUSE,
            MissingKey.SHARED,
            MissingKey.REFUSE,
            MissingKey.REFUSE,
            MissingKey.REFUSE);
    assertThat(items.getFirst().when().labels()).containsEntry("plan", List.of("pro"));
  }

  @Test
  void consumers_carry_labels() {
    assertThat(ConfigText.valid(config("[]")).consumers().getFirst().labels())
        .isEqualTo(Map.of("plan", "pro", "team", "red"));
  }

  @Test
  void tiers_of_one_item_each_go_by_one_counter_and_are_no_duplicates() {
    String tier =
        "{ limit_by_per_consumer: '', when: { labels: { plan: %s } }, limit_keys: [ { key: '*', token_per_day: %d } ] }";
    String block =
        "{ rule_name: r, rule_items: [ %s, %s ] }"
            .formatted(tier.formatted("pro", 9), tier.formatted("free", 1));

    assertThat(faults(block)).isEmpty();
    assertThat(
            ConfigText.faults(
                config(block)
                    + "- { name: other, path_prefix: /other, upstreams: [aliyun], auth: {}, ai-token-ratelimit: "
                    + block
                    + " }\n"))
        .hasSize(1)
        .first()
        .asString()
        .contains("so that it is never taken");
  }

  @Test
  void a_label_that_nobody_has_is_warned_of() {
    String limit = "global_threshold: { token_per_day: 5 }";

    assertThat(warnings("{ rule_name: r, when: { labels: { plam: pro } }, " + limit + " }"))
        .containsExactly(
            PLACE + ".when.labels.plam: no consumer has a label plam (did you mean plan?)");
    assertThat(warnings("{ rule_name: r, when: { labels: { plan: [pro, fre] } }, " + limit + " }"))
        .containsExactly(
            PLACE
                + ".when.labels.plan[1]: no consumer's label plan is \"fre\"; there is free, pro"
                + " (did you mean free?)");
    assertThat(
            warnings(
                "{ rule_name: r, rule_items: [ { limit_by: label:tema, limit_keys: [ { key: '*', token_per_day: 1 } ] } ] }"))
        .containsExactly(
            PLACE + ".rule_items[0].limit_by: no consumer has a label tema (did you mean team?)");
  }

  static Stream<Arguments> impossible() {
    String global = PLACE + ".global_threshold";
    return Stream.of(
        arguments(
            "{ token_per_day: 5, burst: 9 }",
            global
                + ".burst: found burst where no limit goes by it (burst is for limits of token_bucket or leaky_bucket); allowed: no burst, or a limit of token_bucket or leaky_bucket"),
        arguments(
            "{ windows: [ { tokens: 5, per: day, algorithm: sliding_window, burst: 9 } ] }",
            global
                + ".windows[0].burst: found burst where no limit goes by it (burst is for limits of token_bucket or leaky_bucket); allowed: no burst, or a limit of token_bucket or leaky_bucket"),
        arguments(
            "{ token_per_day: 5, algorithm: token_bucket, time_zone: UTC }",
            global
                + ".time_zone: found time_zone where no limit goes by it (time_zone is for limits of fixed_window); allowed: no time_zone, or a limit of fixed_window"),
        arguments(
            "{ token_per_day: 5, algorithm: sliding_window, anchor: calendar }",
            global
                + ".anchor: found anchor where no limit goes by it (anchor is for limits of fixed_window); allowed: no anchor, or a limit of fixed_window"),
        arguments(
            "{ token_per_day: 5, anchor: first_use, time_zone: UTC }",
            global
                + ".time_zone: found \"UTC\" for windows that begin with their first use; allowed: anchor: calendar, or no time_zone"),
        arguments(
            "{ token_per_day: 5, time_zone: Europe/Berln }",
            global
                + ".time_zone: found \"Europe/Berln\"; allowed: an IANA time zone, such as Europe/Berlin or UTC (did you mean Europe/Berlin?)"),
        arguments(
            "{ windows: [ { tokens: 5, per: 7m, anchor: calendar } ] }",
            global
                + ".windows[0].per: found \"7m\" by the calendar, into which a day does not divide evenly; allowed: second, minute, hour, day, week, month, whole seconds that divide a day evenly, such as 15m or 6h, or anchor: first_use"),
        arguments(
            "{ windows: [ { tokens: 5, per: fortnight } ] }",
            global + ".windows[0].per: found \"fortnight\"; allowed: " + ALLOWED_PERIODS),
        arguments(
            "{ windows: [ { tokens: 5 } ] }",
            global + ".windows[0].per: found nothing; allowed: " + ALLOWED_PERIODS),
        arguments(
            "{ windows: [ { per: day } ] }",
            global
                + ".windows[0]: found a window without a number; allowed: exactly one of tokens, requests and concurrent"),
        arguments(
            "{ windows: [ { tokens: 1, requests: 1, per: day } ] }",
            global
                + ".windows[0]: found tokens and requests; allowed: exactly one of tokens, requests and concurrent"),
        arguments(
            "{ windows: [ { concurrent: 1, per: day } ] }",
            global
                + ".windows[0].per: found \"day\"; allowed: nothing: requests in progress are counted at any time"),
        arguments(
            "{ windows: [] }", global + ".windows: found 0 entries; allowed: from 1 to 20 windows"),
        arguments(
            "{ token_per_minute: 5, windows: [ { tokens: 6, per: 60s } ] }",
            global
                + ".windows[0]: found a second limit on the counter 60 in one entry; allowed: each period and count once; only one count may have weights of its own for a period"),
        arguments(
            "{ concurrent_requests: 0 }",
            global
                + ".concurrent_requests: found 0 (failed to parse global_threshold: 'concurrent_requests' must be a positive integer, got 0); allowed: a whole number from 1 to 9007199254740992"),
        arguments(
            "{ token_per_day: 5, count: { input: 0, output: 0 } }",
            global + ".count: found weights that are all 0; allowed: at least one weight above 0"),
        arguments(
            "{ token_per_day: 5, count: { input: 1001 } }",
            global + ".count.input: found 1001; allowed: a number from 0 to 1000"),
        arguments(
            "{ token_per_day: 5, count: { audio: 2 } }",
            global
                + ".count.audio: found an unknown key; allowed: input, output, cached, reasoning"),
        arguments(
            "{ token_per_day: 5, count: inptu }",
            global
                + ".count: found \"inptu\"; allowed: total, input, output, or weights such as { input: 1, output: 4, cached: 0.1, reasoning: 1 } (did you mean input?)"),
        arguments(
            "{ request_per_day: 5, count: output }",
            global
                + ".count: found count where no limit goes by it (count is for limits of tokens); allowed: no count, or a limit of tokens"),
        arguments(
            "{ token_per_day: 5, request_per_day: 5, algorithm: token_bucket, burst: 9 }",
            global
                + ".burst: found one burst for limits of tokens and of requests; allowed: a burst beside each of them, in windows"),
        arguments(
            "{ token_per_day: 5, algorithm: bucket }",
            global
                + ".algorithm: found \"bucket\"; allowed: fixed_window, sliding_window, token_bucket, leaky_bucket"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossible")
  void what_makes_no_sense_is_a_fault_with_its_exact_line(String entry, String line) {
    assertThat(faults("{ rule_name: r, global_threshold: " + entry + " }")).containsExactly(line);
  }

  static Stream<Arguments> faultyBlocks() {
    String limit = "global_threshold: { token_per_day: 5 }";
    String keys = "limit_keys: [ { key: '*', token_per_day: 1 } ]";
    String item = PLACE + ".rule_items[0]";
    return Stream.of(
        arguments(
            "{ rule_name: r, mode: dark, " + limit + " }",
            PLACE + ".mode: found \"dark\"; allowed: enforce, shadow"),
        arguments(
            "{ rule_name: r, when: { consumers: [an] }, " + limit + " }",
            PLACE
                + ".when.consumers[0]: found \"an\"; allowed: the name of a consumer: ann, bob (did you mean ann?)"),
        arguments(
            "{ rule_name: r, when: { consumers: [] }, " + limit + " }",
            PLACE
                + ".when.consumers: found an empty list; allowed: at least one entry; without the key, it holds for all"),
        arguments(
            "{ rule_name: r, when: { routes: [chat] }, " + limit + " }",
            PLACE + ".when.routes: found an unknown key; allowed: labels, consumers, models"),
        arguments(
            "{ rule_name: r, penalty: { refusals: 3, first: 2h }, longest: 1, " + limit + " }",
            PLACE + ".longest: found an unknown key; allowed: "),
        arguments(
            "{ rule_name: r, penalty: { refusals: 3, first: 2h, longest: 1h }, " + limit + " }",
            PLACE
                + ".penalty.longest: found \"1h\"; allowed: at least as long as first, which is 2h"),
        arguments(
            "{ rule_name: r, penalty: { refusals: 3, factor: 0.5 }, " + limit + " }",
            PLACE + ".penalty.factor: found 0.5; allowed: a number from 1 to 100"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: [consumer, modell], " + keys + " } ] }",
            item
                + ".limit_by[1]: found \"modell\"; allowed: consumer, model, route, provider, ip, label:<name>, header:<name>, param:<name>, cookie:<name>, or a list of these (did you mean model?)"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: [model, model], " + keys + " } ] }",
            item + ".limit_by[1]: found model a second time; allowed: each of them once"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: [consumer, model], limit_keys: [ { key: ann, token_per_day: 1 } ] } ] }",
            item
                + ".limit_keys[0].key: found \"ann\"; allowed: \"*\", or a section with a pattern for each of consumer, model"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: [consumer, model], limit_keys: [ { key: { consumer: an }, token_per_day: 1 } ] } ] }",
            item
                + ".limit_keys[0].key.consumer: found \"an\"; allowed: the name of a consumer: ann, bob (did you mean ann?)"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: [consumer, model], limit_keys: [ { key: { modle: x }, token_per_day: 1 } ] } ] }",
            item
                + ".limit_keys[0].key: found the dimension \"modle\"; allowed: those of limit_by: consumer, model (did you mean model?)"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: provider, limit_keys: [ { key: aliyn, token_per_day: 1 } ] } ] }",
            item
                + ".limit_keys[0].key: found \"aliyn\"; allowed: the name of a provider: aliyun (did you mean aliyun?)"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: model, limit_keys: [ { key: 'a*b', token_per_day: 1 } ] } ] }",
            item
                + ".limit_keys[0].key: found \"a*b\"; allowed: an exact value, *, prefix* or regexp:…"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by: model, limit_keys: [ { key: '*', token_per_day: 1 }, { key: qwen, token_per_day: 1 } ] } ] }",
            item
                + ".limit_keys[1]: found a key that an entry above it matches already; allowed: each key once, * last; an entry may have several limits"),
        arguments(
            "{ rule_name: r, rule_items: [ { limit_by_header: x-tier, missing: shared, limit_keys: [ { key: gold, token_per_day: 1 } ] } ] }",
            item
                + ".missing: found shared, where no key is for requests without a value; allowed: skip, refuse, or a last key \"*\" whose limit they share"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faultyBlocks")
  void each_fault_of_a_rule_has_its_line(String block, String line) {
    assertThat(faults(block)).hasSize(1).first().asString().startsWith(line);
  }

  @Test
  void who_is_unknown_has_no_labels() {
    String open =
        config("[]")
            + """
            - name: open
              path_prefix: /open
              upstreams: [aliyun]
              ai-token-ratelimit:
              - { rule_name: a, when: { labels: { plan: pro } }, global_threshold: { token_per_day: 1 } }
              - { rule_name: b, rule_items: [ { limit_by: [model, label:team], limit_keys: [ { key: "*", token_per_day: 1 } ] } ] }
            """;

    assertThat(
            ConfigText.faults(open.replace("- name: chat\n", "- name: chat\n  path_prefix: /v1\n")))
        .containsExactly(
            "routes[1].ai-token-ratelimit[0].when: found labels or consumers on a route without auth, where nobody is known; allowed: auth on the route, such as auth: { in_header: [x-api-key, authorization] }",
            "routes[1].ai-token-ratelimit[1].rule_items[0]: found limit_by: model,label:team on a route without auth, where nobody is known; allowed: auth on the route, such as auth: { in_header: [x-api-key, authorization] }");
  }

  @Test
  void labels_are_bounded() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 21; i++) {
      many.append("l").append(i).append(": x, ");
    }
    String consumers = config("[]").replace("{ plan: free }", "{ " + many + " }");

    assertThat(ConfigText.faults(consumers))
        .containsExactly("consumers[1].labels: found 21 labels; allowed: at most 20");
    assertThat(ConfigText.faults(config("[]").replace("{ plan: free }", "{ 'a b': x, c: '' }")))
        .containsExactly(
            "consumers[1].labels.a b: found the label name \"a b\"; allowed: names of letters, digits, _ and -, of at most 64 characters",
            "consumers[1].labels.c: found \"\"; allowed: a text of at most 128 characters");
  }
}
