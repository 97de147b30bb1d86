package io.tollgate.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.hold.FactValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinedValuesTest {
  /** Made of what could be taken for something else. */
  @Provide
  Arbitrary<List<String>> values() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars('a', ',', '-', '%', '2', 'C', 'D', ' ', '{', '}', ':', 'ä', '\u2028')
            .ofMaxLength(6);
    return text.injectNull(0.2).list().ofSize(2);
  }

  @Property(tries = 2000)
  void different_values_never_join_to_the_same_text(
      @ForAll("values") List<String> one, @ForAll("values") List<String> other) {
    assertThat(joined(one).equals(joined(other))).isEqualTo(Objects.equals(one, other));
  }

  @Property(tries = 500)
  void what_is_joined_breaks_no_redis_key(@ForAll("values") List<String> values) {
    assertThat(joined(values)).doesNotContain("{", "}", " ", "\u2028");
    assertThat(joined(values).chars().filter(c -> c == ',')).hasSize(1);
  }

  @Test
  void usual_values_are_readable() {
    assertThat(joined(Arrays.asList("ann", "qwen-max"))).isEqualTo("ann,qwen-max");
    assertThat(joined(Arrays.asList("ann", null))).isEqualTo("ann,-");
    assertThat(joined(Arrays.asList("-", "a,b c"))).isEqualTo("%2D,a%2Cb%20c");
  }

  @Test
  void what_carries_a_key_stands_there_as_its_hash_even_where_the_key_is_known() {
    FactValue key = FactValue.hashOf("demo-user1");

    assertThat(JoinedValues.of(List.of(key, FactValue.plain("qwen-max"))).text())
        .isEqualTo("sha256:" + key.text() + ",qwen-max");
  }

  @Test
  void a_long_value_does_not_take_the_others_with_it() {
    FactValue joined =
        JoinedValues.of(List.of(FactValue.plain("x".repeat(1000)), FactValue.plain("ann")));

    assertThat(joined.text()).startsWith("sha256:").endsWith(",ann").hasSizeLessThan(100);
  }

  private static String joined(List<@Nullable String> values) {
    List<@Nullable FactValue> facts = new ArrayList<>();
    values.forEach(value -> facts.add(value == null ? null : FactValue.plain(value)));
    return JoinedValues.of(facts).text();
  }
}
