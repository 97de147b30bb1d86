package io.tollgate.contract.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.auth.KeyHash;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTextTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          demo-user1,demo-user1
          a:b/c?d=e+f,a:b/c?d=e+f
          用户😀,用户😀
          {a},%7Ba%7D
          50%,50%25
          a b,a%20b
          "a,b",a%2Cb
          "a\tb\nc",a%09b%0Ac
          a\u00a0b,a%C2%A0b
          a\u0000b,a%00b
          """)
  void what_would_break_a_key_is_percent_encoded_and_nothing_else(String value, String text) {
    assertThat(KeyText.encoded(value, ",")).isEqualTo(text);
    assertThat(KeyText.of(value, ",")).isEqualTo(text);
  }

  @Test
  void a_separator_is_encoded_only_where_it_stands_between_values() {
    assertThat(KeyText.encoded("a,b", "")).isEqualTo("a,b");
  }

  @Test
  void a_value_of_256_bytes_stays_and_of_a_longer_one_the_hash_stands_there() {
    String longest = "ü".repeat(128);

    assertThat(KeyText.isTooLong(longest)).isFalse();
    assertThat(KeyText.of(longest, "")).isEqualTo(longest);
    assertThat(KeyText.isTooLong(longest + "x")).isTrue();
    assertThat(KeyText.of(longest + "x", "")).isEqualTo(KeyHash.of(longest + "x"));
  }

  @Property
  void no_two_values_look_alike(@ForAll @StringLength(max = 30) String value) {
    String valid = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    String text = KeyText.encoded(valid, ",");

    assertThat(text).doesNotContain("{", "}", " ", ",");
    assertThat(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8))
        .isEqualTo(valid);
  }
}
