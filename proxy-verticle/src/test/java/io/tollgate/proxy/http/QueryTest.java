package io.tollgate.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueryTest {
  @Test
  void finds_first_values() {
    Query query = query("a=1&b=x%20y+z&a=2&c&d=&%61bc=7&=8");

    assertThat(query.first("a")).isEqualTo("1");
    assertThat(query.first("b")).isEqualTo("x y z");
    assertThat(query.first("c")).isEmpty();
    assertThat(query.first("d")).isEmpty();
    assertThat(query.first("abc")).isEqualTo("7");
    assertThat(query.first("z")).isNull();
  }

  @Test
  void leaves_named_parameters_out_however_they_are_spelled() {
    assertThat(query("a=1&key=s&b=%2f&k%65y=s&c").without(List.of("key"))).isEqualTo("a=1&b=%2f&c");
    assertThat(query("key=s").without(List.of("key"))).isEmpty();
    assertThat(query("").without(List.of("key"))).isEmpty();
  }

  @Test
  void refuses_what_it_cannot_read() {
    assertThat(Query.parse("a=%zz")).isInstanceOf(Step.Refused.class);
    assertThat(Query.parse("a=1&".repeat(Query.MAX_PAIRS) + "b")).isInstanceOf(Step.Refused.class);
    assertThat(Query.parse(null)).isInstanceOf(Step.Next.class);
  }

  private static Query query(String raw) {
    return switch (Query.parse(raw)) {
      case Step.Next<Query> next -> next.value();
      case Step.Refused<Query> refused -> throw new AssertionError(refused);
    };
  }
}
