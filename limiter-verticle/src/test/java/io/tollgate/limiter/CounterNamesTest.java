package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.GLOBAL_THRESHOLD;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterNamesTest {
  private static final ConsumerConfig USER1 =
      new ConsumerConfig(
          "aliyun-user1",
          List.of(KeyHash.of("demo-user1")),
          Map.of(KeyHash.of("demo-user1"), "demo-user1"),
          Map.of());

  private final CounterNames names = new CounterNames(KnownKeys.of(List.of(USER1)));

  @Test
  void a_key_of_the_walkthrough_keeps_the_name_it_always_had() {
    assertThat(names.of(perHeader(FactValue.hashOf("demo-user1"))))
        .isEqualTo(
            "higress-token-ratelimit:default_rule:limit_by_per_header:60:x-api-key:demo-user1");
  }

  @Test
  void a_key_that_the_configuration_holds_as_a_hash_only_is_named_by_it() {
    assertThat(names.of(perHeader(FactValue.hashOf("secret"))))
        .isEqualTo(
            "higress-token-ratelimit:default_rule:limit_by_per_header:60:x-api-key:sha256:"
                + KeyHash.of("secret"));
  }

  @Test
  void the_global_threshold_has_neither_name_nor_value() {
    assertThat(names.of(new LimitKey("r", GLOBAL_THRESHOLD, "3600", "", null)))
        .isEqualTo("higress-token-ratelimit:r:global_threshold:3600");
  }

  @Test
  void a_consumer_is_named_under_the_identity_header() {
    LimitKey key =
        new LimitKey("r", LIMIT_BY_PER_CONSUMER, "1", "x-mse-consumer", FactValue.plain("bob"));

    assertThat(names.of(key))
        .isEqualTo("higress-token-ratelimit:r:limit_by_per_consumer:1:x-mse-consumer:bob");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          demo-user1,demo-user1
          a:b/c?d=e,a:b/c?d=e
          用户,用户
          {a},%7Ba%7D
          50%,50%25
          a b,a%20b
          "a\tb\nc",a%09b%0Ac
          a\u00a0b,a%C2%A0b
          a\u0000b,a%00b
          """)
  void what_would_break_a_key_is_percent_encoded_and_nothing_else(String value, String name) {
    assertThat(names.of(perHeader(FactValue.plain(value)))).endsWith(":x-api-key:" + name);
  }

  @Test
  void a_value_of_256_bytes_stays_and_a_longer_one_becomes_its_hash() {
    String longest = "ü".repeat(128);
    String longer = longest + "x";

    assertThat(names.of(perHeader(FactValue.plain(longest)))).endsWith(":" + longest);
    assertThat(names.of(perHeader(FactValue.plain(longer))))
        .endsWith(":x-api-key:sha256:" + KeyHash.of(longer));
  }

  @Test
  void a_rule_name_is_escaped_like_a_value() {
    assertThat(names.of(new LimitKey("a {b}", GLOBAL_THRESHOLD, "60", "", null)))
        .isEqualTo("higress-token-ratelimit:a%20%7Bb%7D:global_threshold:60");
  }

  private static LimitKey perHeader(FactValue value) {
    return new LimitKey("default_rule", LIMIT_BY_PER_HEADER, "60", "x-api-key", value);
  }
}
