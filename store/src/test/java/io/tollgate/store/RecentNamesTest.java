package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentNamesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final RecentNames names = new RecentNames(Duration.ofSeconds(2), 3, nanos::get);

  @Test
  void a_name_is_known_in_its_period_and_the_next_and_not_for_longer_than_two() {
    at(1999);
    assertThat(names.addAll(List.of("a", "b"))).containsExactly("a", "b");
    assertThat(names.addAll(List.of("b", "c"))).containsExactly("c");

    at(2000);
    assertThat(names.addAll(List.of("a", "d"))).containsExactly("d");
    at(4000);
    assertThat(names.addAll(List.of("d", "a"))).containsExactly("a");
  }

  @Test
  void after_a_pause_nothing_is_known() {
    names.addAll(List.of("a"));

    at(4000);

    assertThat(names.addAll(List.of("a"))).containsExactly("a");
  }

  @Test
  void of_many_names_the_last_are_known() {
    names.addAll(List.of("a", "b", "c"));
    names.addAll(List.of("d", "e", "f"));

    names.addAll(List.of("g"));

    assertThat(names.addAll(List.of("d", "a"))).containsExactly("a");
  }

  @Test
  void what_is_cleared_is_new_again() {
    names.addAll(List.of("a"));

    names.clear();

    assertThat(names.addAll(List.of("a"))).containsExactly("a");
  }

  private void at(long millis) {
    nanos.set(Duration.ofMillis(millis).toNanos());
  }
}
