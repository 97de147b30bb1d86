package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_HEADER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_IP;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.firstMatchOnly;
import static io.tollgate.limiter.Blocks.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.MissingKey;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.limiter.Admission;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules that go by what Higress does not know, or by several values together. */
class DimensionRulesTest {
  private static final String PREFIX = "higress-token-ratelimit:r:";

  private final Asks ann =
      Asks.request("1")
          .by("ann")
          .label("team", "red")
          .header("x-tier", "gold")
          .param("tier", "g")
          .cookie("c", "a=b")
          .from("::ffff:10.1.2.3");

  @ParameterizedTest
  @CsvSource({
    "consumer,       ann",
    "model,          qwen-max",
    "route,          chat",
    "provider,       aliyun",
    "ip,             10.1.2.3",
    "label:team,     red",
    "header:x-tier,  gold",
    "param:tier,     g",
    "cookie:c,       a=b",
  })
  void each_dimension_is_counted_by_its_value(String dimension, String value) {
    assertThat(counters(ann, block("r", by(dimension, "*"))))
        .containsExactly(PREFIX + "limit_by:60:" + dimension + ":" + value);
  }

  @Test
  void several_dimensions_have_a_counter_for_each_combination() {
    assertThat(counters(ann, block("r", by("consumer,model", "*", "*"))))
        .containsExactly("higress-token-ratelimit:r:limit_by:60:consumer,model:ann,qwen-max");
  }

  @ParameterizedTest(name = "{0} against {1}")
  @CsvSource({
    "consumer,      ann,          true",
    "consumer,      an,           false",
    "consumer,      an*,          true",
    "consumer,      b*,           false",
    "model,         qwen-*,       true",
    "model,         gpt-*,        false",
    "model,         regexp:max$,  true",
    "model,         regexp:^max,  false",
    "ip,            10.0.0.0/8,   true",
    "ip,            11.0.0.0/8,   false",
    "label:team,    red,          true",
    "label:team,    blue,         false",
    "header:x-tier, go*,          true",
    "cookie:c,      a=b,          true",
    "cookie:c,      a,            false",
  })
  void patterns_say_which_values_a_key_is_for(String dimension, String pattern, boolean applies) {
    assertThat(counters(ann, block("r", by(dimension, pattern)))).hasSize(applies ? 1 : 0);
  }

  @Test
  void the_first_key_of_which_all_patterns_match_applies() {
    LimitItem item =
        Blocks.item(
            LIMIT_BY,
            "consumer,model",
            key(5, "ann", "gpt-*"),
            key(10, "bob", "*"),
            key(20, "ann", "qwen-*"),
            key(30, "*", "*"));

    assertThat(match(ann, block("r", item)).limits())
        .extracting(Limit::capacity)
        .containsExactly(20L);
  }

  @Test
  void a_key_in_a_header_stays_hashed() {
    Asks asked = ann.header("x-api-key", FactValue.hashOf("demo-user1"));

    assertThat(counters(asked, block("r", by("header:x-api-key,model", "*", "*"))))
        .containsExactly(
            PREFIX
                + "limit_by:60:header:x-api-key,model:sha256:"
                + FactValue.hashOf("demo-user1").text()
                + ",qwen-max");
    assertThat(counters(asked, block("r", by("header:x-api-key", "demo-user1")))).hasSize(1);
  }

  @Test
  void a_rule_is_for_those_that_its_selector_includes() {
    LimitBlock pro = when(labels("plan", "pro", "max"), block("r", by("consumer", "*")));

    assertThat(counters(ann.label("plan", "pro"), pro)).hasSize(1);
    assertThat(counters(ann.label("plan", "free"), pro)).isEmpty();
    assertThat(counters(ann, pro)).isEmpty();
  }

  @Test
  void items_select_by_labels_consumers_and_models() {
    LimitItem free = with(by("consumer", "*"), labels("plan", "free"), MissingKey.SKIP);
    LimitItem ofAnn =
        with(
            by("consumer,model", "*", "*"),
            new Selector(Map.of(), List.of("ann"), List.of("qwen-*"), List.of()),
            MissingKey.SKIP);

    assertThat(counters(ann.label("plan", "free"), block("r", free, ofAnn))).hasSize(2);
    assertThat(counters(ann.label("plan", "pro"), block("r", free, ofAnn))).hasSize(1);
    assertThat(counters(ann.model("gpt-4"), block("r", free, ofAnn))).isEmpty();
    assertThat(counters(ann.by("bob"), block("r", free, ofAnn))).isEmpty();
  }

  @Test
  void a_missing_value_is_skipped_refused_or_shared_as_the_item_says() {
    LimitItem item = item(LIMIT_BY_PER_HEADER, "x-team", "*", 5);

    assertThat(match(ann, block("r", with(item, Selector.ALL, MissingKey.SKIP))))
        .isEqualTo(new Matched(List.of(), List.of()));
    assertThat(match(ann, block("r", with(item, Selector.ALL, MissingKey.REFUSE))).refusal())
        .isEqualTo(
            new Admission.Throttled(
                "r/limit_by_per_header:x-team",
                Admission.Cause.MISSING_KEY,
                "header x-team",
                0,
                0,
                0,
                0,
                429,
                null,
                null));
    assertThat(counters(ann, block("r", with(item, Selector.ALL, MissingKey.SHARED))))
        .containsExactly(PREFIX + "limit_by_per_header:60:x-team:-");
  }

  @Test
  void the_shared_counter_is_nobodys_own() {
    LimitBlock block =
        block(
            "r",
            with(item(LIMIT_BY_PER_HEADER, "x-team", "*", 5), Selector.ALL, MissingKey.SHARED),
            with(by("header:x-team,model", "*", "*"), Selector.ALL, MissingKey.SHARED));

    assertThat(counters(ann.header("x-team", "-"), block))
        .containsExactly(
            PREFIX + "limit_by_per_header:60:x-team:%2D",
            PREFIX + "limit_by:60:header:x-team,model:%2D,qwen-max")
        .doesNotContainAnyElementsOf(counters(ann, block));
  }

  @Test
  void only_keys_for_everybody_are_for_requests_without_a_value() {
    LimitBlock block =
        block(
            "r",
            with(item(LIMIT_BY_HEADER, "x-team", "red", 5), Selector.ALL, MissingKey.SHARED),
            with(
                item(LIMIT_BY_PER_IP, "from-header-x-real-ip", "10.0.0.0/8", 5),
                Selector.ALL,
                MissingKey.SHARED),
            with(
                item(LIMIT_BY_PER_IP, "from-header-x-client-ip", "0.0.0.0/0", 5),
                Selector.ALL,
                MissingKey.SHARED));

    assertThat(counters(ann, block))
        .containsExactly(PREFIX + "limit_by_per_ip:60:from-header-x-client-ip:-");
  }

  @Test
  void an_address_that_cannot_be_read_is_a_missing_one() {
    LimitItem item =
        with(
            item(LIMIT_BY_PER_IP, "from-header-x-real-ip", "0.0.0.0/0", 5),
            Selector.ALL,
            MissingKey.REFUSE);

    assertThat(match(ann.header("x-real-ip", "nonsense"), block("r", item)).refusal()).isNotNull();
    assertThat(match(ann.header("x-real-ip", "10.0.0.1"), block("r", item)).refusal()).isNull();
  }

  @Test
  void a_rule_in_shadow_only_tells_what_it_misses() {
    LimitItem item =
        with(item(LIMIT_BY_PER_HEADER, "x-team", "*", 5), Selector.ALL, MissingKey.REFUSE);

    Matched matched = match(ann, inShadow(block("r", item)));

    assertThat(matched.refusal()).isNull();
    assertThat(matched.wouldRefuse()).containsExactly("r/limit_by_per_header:x-team");
  }

  @Test
  void another_provider_is_asked_for_by_the_limits_alone_that_go_by_it() {
    LimitBlock block =
        block(
            "r",
            LimitTerms.fixed(1000, 60),
            item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 5),
            by("consumer,provider", "*", "*"),
            by("provider", "local"));

    List<Limit> limits = rules(block).match(ann.provider("local").on("chat", true)).limits();

    assertThat(limits)
        .extracting(Limit::counter)
        .containsExactly(
            PREFIX + "limit_by:60:consumer,provider:ann,local",
            PREFIX + "limit_by:60:provider:local");
    assertThat(limits).extracting(limit -> limit.key().provider()).containsOnly("local");
  }

  @Test
  void what_applied_before_with_first_match_does_not_apply_now_for_another_provider() {
    LimitBlock block =
        firstMatchOnly(
            block("r", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 5), by("provider", "*")));

    assertThat(rules(block).match(ann.on("chat", true)).limits()).isEmpty();
  }

  private static LimitItem by(String dimensions, String... patterns) {
    return Blocks.item(LIMIT_BY, dimensions, key(5, patterns));
  }

  private static LimitKeyRule key(long tokens, String... patterns) {
    return new LimitKeyRule(List.of(patterns), Blocks.always(LimitTerms.fixed(tokens, 60)));
  }

  private static Selector labels(String name, String... values) {
    return new Selector(Map.of(name, List.of(values)), List.of(), List.of(), List.of());
  }

  private static LimitItem with(LimitItem item, Selector when, MissingKey missing) {
    return new LimitItem(item.type(), item.keyName(), item.keys(), when, missing);
  }

  private static LimitBlock when(Selector when, LimitBlock b) {
    return with(b, when, b.admitting());
  }

  private static LimitBlock inShadow(LimitBlock b) {
    return with(
        b, b.when(), new LimitBlock.Admitting(LimitMode.SHADOW, false, false, OnExhausted.FINISH));
  }

  private static LimitBlock with(LimitBlock b, Selector when, LimitBlock.Admitting admitting) {
    return new LimitBlock(
        b.ruleName(),
        when,
        b.global(),
        b.items(),
        b.rejection(),
        b.store(),
        b.fail(),
        b.firstMatchOnly(),
        admitting,
        b.load(),
        b.penalty(),
        b.alerts());
  }

  private static List<String> counters(Asks asks, LimitBlock... blocks) {
    return match(asks, blocks).limits().stream().map(Limit::counter).toList();
  }

  private static Matched match(Asks asks, LimitBlock... blocks) {
    return rules(blocks).match(asks.ask());
  }

  private static LimitRules rules(LimitBlock... blocks) {
    return Limiters.rules(blocks);
  }
}
