package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Conditions ALL = on("/");
  private static final Conditions MODEL =
      new Conditions("/v1", List.of(), Map.of(), List.of("gpt-4"));

  @Test
  void a_wider_route_covers_a_narrower_one_and_not_the_other_way() {
    assertThat(ALL.cover(MODEL)).isTrue();
    assertThat(MODEL.cover(ALL)).isFalse();
    assertThat(MODEL.cover(MODEL)).isTrue();
  }

  @Test
  void a_path_is_covered_by_whole_segments() {
    assertThat(on("/v1").cover(on("/v1/chat"))).isTrue();
    assertThat(on("/v1/").cover(on("/v1/chat"))).isTrue();
    assertThat(on("/v1").cover(on("/v10"))).isFalse();
  }

  @Test
  void every_header_that_is_asked_for_must_be_asked_for_below() {
    Conditions blue = new Conditions("/", List.of(), Map.of("tenant", "blue"), List.of());
    Conditions red = new Conditions("/", List.of(), Map.of("tenant", "red"), List.of());

    assertThat(blue.cover(red)).isFalse();
    assertThat(blue.cover(ALL)).isFalse();
    assertThat(ALL.cover(blue)).isTrue();
  }

  @Test
  void a_pattern_is_not_taken_for_more_than_it_says() {
    Conditions star = new Conditions("/", List.of(), Map.of(), List.of("*"));
    Conditions hosts = new Conditions("/", List.of("a", "b"), Map.of(), List.of());
    Conditions host = new Conditions("/", List.of("a"), Map.of(), List.of());

    assertThat(star.cover(ALL)).as("a request without a model").isFalse();
    assertThat(hosts.cover(host)).isTrue();
    assertThat(host.cover(hosts)).isFalse();
  }

  private static Conditions on(String prefix) {
    return new Conditions(prefix, List.of(), Map.of(), List.of());
  }
}
