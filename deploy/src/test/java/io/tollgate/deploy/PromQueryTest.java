package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.deploy.PromQuery.Matcher;
import io.tollgate.deploy.PromQuery.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromQueryTest {
  @Test
  void finds_the_series_below_functions_and_groupings() {
    PromQuery query =
        PromQuery.of(
            "histogram_quantile(0.99, sum by (le, model) (rate(first_token_bucket[5m])))"
                + " / on (model) up > 3 and inf");

    assertThat(query.selectors())
        .containsExactly(
            new Selector("first_token_bucket", List.of()), new Selector("up", List.of()));
    assertThat(query.groupedBy()).containsExactlyInAnyOrder("le", "model");
  }

  @Test
  void finds_every_matcher_whatever_its_text() {
    PromQuery query = PromQuery.of("a{b=\"x, y}\", c!~\"d|e\"} offset 1d");

    assertThat(query.selectors())
        .containsExactly(
            new Selector(
                "a", List.of(new Matcher("b", "=", "x, y}"), new Matcher("c", "!~", "d|e"))));
  }

  @Test
  void lets_variables_stand_for_everything() {
    PromQuery query = PromQuery.of("rate(a{b=~\"$b\", c=~\"${c}\"}[$__rate_interval])");

    assertThat(query.selectors().getFirst().matchers())
        .allSatisfy(matcher -> assertThat(matcher.accepts("anything")).isTrue());
    assertThat(query.text()).isEqualTo("rate(a{b=~\".*\", c=~\".*\"}[1m])");
  }
}
