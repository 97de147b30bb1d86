package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_COOKIE;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_HEADER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PARAM;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_COOKIE;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_IP;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_PARAM;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.firstMatchOnly;
import static io.tollgate.limiter.Blocks.in;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static io.tollgate.limiter.Blocks.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which rules a request matches, as Higress has it, and where Higress' own way is a weakness. */
class HigressMatchingTest {
  private static final String PREFIX = "higress-token-ratelimit:r:";
  private static final ConsumerConfig USER1 =
      new ConsumerConfig(
          "aliyun-user1",
          List.of(KeyHash.of("demo-user1")),
          Map.of(KeyHash.of("demo-user1"), "demo-user1"),
          Map.of());

  private final Asks request = Asks.request("1");

  @ParameterizedTest(name = "{0} {1}: {2} against {3}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          LIMIT_BY_HEADER,       x-tier, gold,           gold,        gold
          LIMIT_BY_HEADER,       x-tier, gold,           Gold,        -
          LIMIT_BY_HEADER,       x-tier, gold,           gold2,       -
          LIMIT_BY_HEADER,       x-tier, *,              gold,        -
          LIMIT_BY_PARAM,        tier,   gold,           gold,        gold
          LIMIT_BY_PARAM,        tier,   gold,           silver,      -
          LIMIT_BY_COOKIE,       tier,   gold,           gold,        gold
          LIMIT_BY_COOKIE,       tier,   gold,           a=b,         -
          LIMIT_BY_COOKIE,       tier,   a=b,            a=b,         a=b
          LIMIT_BY_CONSUMER,     x-mse-consumer, bob,    bob,         bob
          LIMIT_BY_CONSUMER,     x-mse-consumer, bob,    alice,       -
          LIMIT_BY_PER_HEADER,   x-tier, *,              gold,        gold
          LIMIT_BY_PER_HEADER,   x-tier, regexp:^go,     gold,        gold
          LIMIT_BY_PER_HEADER,   x-tier, regexp:ol,      gold,        gold
          LIMIT_BY_PER_HEADER,   x-tier, regexp:^ol,     gold,        -
          LIMIT_BY_PER_HEADER,   x-tier, regexp:^\\pL+$, gold,        gold
          LIMIT_BY_PER_PARAM,    tier,   *,              a,           a
          LIMIT_BY_PER_PARAM,    tier,   regexp:\\d,     a1,          a1
          LIMIT_BY_PER_COOKIE,   tier,   *,              a,           a
          LIMIT_BY_PER_COOKIE,   tier,   regexp:b,       a,           -
          LIMIT_BY_PER_CONSUMER, x-mse-consumer, *,      bob,         bob
          LIMIT_BY_PER_CONSUMER, x-mse-consumer, regexp:^b, bob,      bob
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.1,      10.0.0.1,  10.0.0.1
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.1,      10.0.0.2,  -
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.0/8,    10.9.8.7,  10.9.8.7
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.77/8,   10.9.8.7,  10.9.8.7
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.0/31,   10.0.0.1,  10.0.0.1
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.0/31,   10.0.0.2,  -
          LIMIT_BY_PER_IP,       from-remote-addr, 0.0.0.0/0,     10.9.8.7,  10.9.8.7
          LIMIT_BY_PER_IP,       from-remote-addr, 0.0.0.0/0,     2001:db8::1, 2001:db8::1
          LIMIT_BY_PER_IP,       from-remote-addr, 2001:db8::/33, 2001:DB8:0::7, 2001:db8::7
          LIMIT_BY_PER_IP,       from-remote-addr, 2001:db8::/33, 2001:db8:8000::7, -
          LIMIT_BY_PER_IP,       from-remote-addr, 2001:db8::/32, 10.0.0.1,  -
          LIMIT_BY_PER_IP,       from-remote-addr, 10.0.0.0/8,    ::ffff:10.1.2.3, 10.1.2.3
          LIMIT_BY_PER_IP,       from-remote-addr, ::ffff:10.0.0.0/104, 10.1.2.3, 10.1.2.3
          LIMIT_BY_PER_IP,       from-remote-addr, ::ffff:10.0.0.0/104, 11.1.2.3, -
          LIMIT_BY_PER_IP,       from-remote-addr, 0.0.0.0/0,     localhost, -
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, 10.0.0.0/8, 10.1.2.3, 10.1.2.3
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, 10.0.0.0/8, '10.1.2.3 , 8.8.8.8', 10.1.2.3
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, 10.0.0.0/8, '8.8.8.8, 10.1.2.3', -
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, 10.0.0.0/8, 10.1.2.3:5000, 10.1.2.3
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, ::/0,   '[2001:db8::1]:443', 2001:db8::1
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, 10.0.0.0/8, ::ffff:10.1.2.3, 10.1.2.3
          LIMIT_BY_PER_IP,       from-header-x-forwarded-for, 0.0.0.0/0, nonsense, -
          """)
  void a_value_goes_by_its_rule(
      LimitType type, String keyName, String pattern, String value, @Nullable String counted) {
    LimitItem item = item(type, keyName, pattern, 5);

    List<String> counters = counters(with(type, keyName, value), block("r", item));

    if (counted == null) {
      assertThat(counters).isEmpty();
    } else {
      assertThat(counters)
          .containsExactly(PREFIX + type.label() + ":60:" + keyName + ":" + counted);
    }
  }

  @Test
  void a_request_without_the_value_is_not_the_items_business() {
    assertThat(
            counters(
                request,
                block(
                    "r",
                    item(LIMIT_BY_HEADER, "x-tier", "gold", 5),
                    item(LIMIT_BY_PER_HEADER, "x-tier", "*", 5),
                    item(LIMIT_BY_PARAM, "tier", "gold", 5),
                    item(LIMIT_BY_PER_PARAM, "tier", "*", 5),
                    item(LIMIT_BY_COOKIE, "tier", "gold", 5),
                    item(LIMIT_BY_PER_COOKIE, "tier", "*", 5),
                    item(LIMIT_BY_CONSUMER, "x-mse-consumer", "bob", 5),
                    item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 5),
                    item(LIMIT_BY_PER_IP, "from-header-x-real-ip", "0.0.0.0/0", 5))))
        .isEmpty();
  }

  @Test
  void an_empty_cookie_counts_as_none() {
    assertThat(
            counters(
                request.cookie("tier", ""), block("r", item(LIMIT_BY_PER_COOKIE, "tier", "*", 5))))
        .isEmpty();
  }

  @Test
  void the_first_key_of_an_item_that_matches_applies() {
    LimitItem item =
        item(
            LIMIT_BY_PER_HEADER,
            "x-tier",
            key("regexp:^gold", 100, 60),
            key("regexp:^go", 50, 3600),
            key("*", 5, 1));

    assertThat(match(request.header("x-tier", "gold"), block("r", item)))
        .extracting(Limit::capacity, limit -> limit.key().window())
        .containsExactly(tuple(100L, "60"));
    assertThat(match(request.header("x-tier", "goose"), block("r", item)))
        .extracting(Limit::capacity)
        .containsExactly(50L);
    assertThat(match(request.header("x-tier", "tin"), block("r", item)))
        .extracting(Limit::capacity)
        .containsExactly(5L);
  }

  @Test
  void addresses_go_by_the_order_of_the_list_and_not_by_the_longest_prefix() {
    LimitItem item =
        item(
            LIMIT_BY_PER_IP,
            "from-remote-addr",
            key("10.0.0.0/8", 100, 60),
            key("10.1.0.0/16", 5, 60));

    assertThat(match(request.from("10.1.2.3"), block("r", item)))
        .extracting(Limit::capacity)
        .containsExactly(100L);
  }

  /** Each row: a statement, who asks with which tier, and the counters under either mode. */
  static Stream<Arguments> bothModes() {
    String global = "global_threshold:86400";
    String bob = "limit_by_consumer:60:x-mse-consumer:bob";
    String each = "limit_by_per_consumer:3600:x-mse-consumer:";
    String tier = "limit_by_per_header:60:x-tier:";
    return Stream.of(
        arguments(
            "all items that match apply, or the first in their order",
            Asks.request("1").by("bob").header("x-tier", "gold"),
            List.of(global, bob, each + "bob", tier + "gold"),
            List.of(global, bob)),
        arguments(
            "an item whose keys do not match is passed over",
            Asks.request("1").by("ann").header("x-tier", "gold"),
            List.of(global, each + "ann", tier + "gold"),
            List.of(global, each + "ann")),
        arguments(
            "an item whose value is missing is passed over",
            Asks.request("1").header("x-tier", "gold"),
            List.of(global, tier + "gold"),
            List.of(global, tier + "gold")),
        arguments(
            "the global threshold is for everybody",
            Asks.request("1"),
            List.of(global),
            List.of(global)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bothModes")
  void both_modes_apply_what_they_should(
      String statement, Asks asked, List<String> all, List<String> first) {
    LimitBlock block =
        block(
            "r",
            LimitTerms.fixed(1000, 86400),
            item(LIMIT_BY_CONSUMER, "x-mse-consumer", "bob", 10),
            item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", 20, 3600)),
            item(LIMIT_BY_PER_HEADER, "x-tier", "*", 30));

    assertThat(counters(asked, block))
        .containsExactlyElementsOf(all.stream().map(PREFIX::concat).toList());
    assertThat(counters(asked, firstMatchOnly(block)))
        .containsExactlyElementsOf(first.stream().map(PREFIX::concat).toList());
  }

  @Test
  void every_item_that_matches_applies_after_the_global_threshold() {
    LimitBlock block =
        block(
            "r",
            LimitTerms.fixed(1000, 86400),
            item(LIMIT_BY_CONSUMER, "x-mse-consumer", "bob", 10),
            item(LIMIT_BY_CONSUMER, "x-mse-consumer", "alice", 10),
            item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", 20, 3600)));

    assertThat(counters(request.by("bob"), block))
        .containsExactly(
            PREFIX + "global_threshold:86400",
            PREFIX + "limit_by_consumer:60:x-mse-consumer:bob",
            PREFIX + "limit_by_per_consumer:3600:x-mse-consumer:bob");
  }

  @Test
  void with_first_match_only_the_first_item_that_matches_applies() {
    LimitBlock block =
        firstMatchOnly(
            block(
                "r",
                item(LIMIT_BY_CONSUMER, "x-mse-consumer", "alice", 10),
                item(LIMIT_BY_CONSUMER, "x-mse-consumer", "bob", 10),
                item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", "*", 20)));
    LimitBlock next = block("next", LimitTerms.fixed(7, 60));

    assertThat(counters(request.by("bob"), block, next))
        .containsExactly(
            PREFIX + "limit_by_consumer:60:x-mse-consumer:bob",
            "higress-token-ratelimit:next:global_threshold:60");
  }

  @Test
  void
      two_items_on_one_counter_are_taken_once_with_the_smaller_limit_where_higress_charges_twice() {
    LimitBlock block =
        block(
            "r",
            item(LIMIT_BY_PER_HEADER, "x-tier", "*", 50),
            item(LIMIT_BY_PER_HEADER, "x-tier", "regexp:gold", 20));

    List<Limit> limits = match(request.header("x-tier", "gold"), block);

    assertThat(limits).hasSize(1);
    assertThat(limits.getFirst().capacity()).isEqualTo(20);
  }

  @Test
  void equal_counters_in_two_stores_are_two_counters() {
    LimitBlock here = block("r", LimitTerms.fixed(5, 60));
    LimitBlock there = in("other", FailPolicy.OPEN, here);

    assertThat(match(request, here, there)).hasSize(2);
  }

  @Test
  void a_hashed_key_is_matched_by_literal_wildcard_and_expression_like_the_key_itself() {
    Asks asked = request.header("x-api-key", FactValue.hashOf("demo-user1"));

    assertThat(
            counters(
                asked,
                block(
                    "r",
                    item(LIMIT_BY_HEADER, "x-api-key", "demo-user1", 5),
                    item(LIMIT_BY_HEADER, "x-api-key", KeyHash.of("demo-user1"), 5),
                    item(LIMIT_BY_PER_HEADER, "x-api-key", key("regexp:^demo-", 5, 1)),
                    item(LIMIT_BY_PER_HEADER, "x-api-key", "*", 5))))
        .containsExactly(
            PREFIX + "limit_by_header:60:x-api-key:demo-user1",
            PREFIX + "limit_by_per_header:1:x-api-key:demo-user1",
            PREFIX + "limit_by_per_header:60:x-api-key:demo-user1");
  }

  @Test
  void a_literal_bearer_value_matches_the_hash_of_its_key() {
    Asks asked = request.header("authorization", FactValue.hashOf("demo-user1"));

    assertThat(
            match(
                asked, block("r", item(LIMIT_BY_HEADER, "authorization", "Bearer demo-user1", 5))))
        .hasSize(1);
  }

  @Test
  void no_secret_leaves_in_the_key_of_a_limit() {
    Asks asked = request.header("x-api-key", FactValue.hashOf("demo-user1"));

    List<Limit> limits =
        match(asked, block("r", item(LIMIT_BY_HEADER, "x-api-key", "demo-user1", 5)));

    assertThat(limits.getFirst().key().value()).isEqualTo(FactValue.hashOf("demo-user1"));
  }

  @Test
  void a_long_value_travels_as_its_hash_and_names_the_same_counter() {
    String longer = "x".repeat(257);

    List<Limit> limits =
        match(
            request.header("x-tier", longer),
            block("r", item(LIMIT_BY_PER_HEADER, "x-tier", "*", 5)));

    assertThat(limits.getFirst().key().value()).isEqualTo(FactValue.hashOf(longer));
    assertThat(limits.getFirst().counter())
        .isEqualTo(PREFIX + "limit_by_per_header:60:x-tier:sha256:" + KeyHash.of(longer));
  }

  @Test
  void a_rule_is_told_without_its_value() {
    List<Limit> limits =
        match(
            request.header("x-tier", "gold"),
            block("r", LimitTerms.fixed(9, 3600), item(LIMIT_BY_PER_HEADER, "x-tier", "*", 5)));

    assertThat(limits)
        .extracting(Limit::rule)
        .containsExactly("r/global_threshold/3600s", "r/limit_by_per_header:x-tier/60s");
  }

  @Test
  void a_route_without_rules_and_an_unknown_route_have_no_limits() {
    LimitRules rules = Limiters.rules(KnownKeys.of(List.of()), route("free"));

    assertThat(rules.match(request.on("free")).limits()).isEmpty();
    assertThat(rules.match(request.on("unknown")).limits()).isEmpty();
  }

  private Asks with(LimitType type, String keyName, String value) {
    return switch (type) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER -> request.header(keyName, value);
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> request.param(keyName, value);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> request.cookie(keyName, value);
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER -> request.by(value);
      case LIMIT_BY_PER_IP ->
          keyName.equals("from-remote-addr")
              ? request.from(value)
              : request.header("x-forwarded-for", value);
      case LIMIT_BY, GLOBAL_THRESHOLD -> request;
    };
  }

  private static List<String> counters(Asks asks, LimitBlock... blocks) {
    return match(asks, blocks).stream().map(Limit::counter).toList();
  }

  private static List<Limit> match(Asks asks, LimitBlock... blocks) {
    return Limiters.rules(KnownKeys.of(List.of(USER1)), route("chat", blocks))
        .match(asks.ask())
        .limits();
  }
}
