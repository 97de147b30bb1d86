package io.tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void compares_the_medians_of_the_rounds() {
    List<Sample> samples = new ArrayList<>();
    for (int requests : List.of(900, 1000, 20_000)) {
      samples.add(sample("nginx", requests * 4, 0, Duration.ofNanos(requests * 4 * 10_000L)));
      samples.add(sample("before", requests / 2, 500, Duration.ofNanos(requests / 2 * 50_000L)));
      samples.add(sample("tollgate", requests, 500, Duration.ofNanos(requests * 25_000L)));
    }

    String text = new Summary(samples).text();

    assertThat(text).containsPattern("nginx +4000 +10\\.0");
    assertThat(text).containsPattern("tollgate +1000 +25\\.0");
    assertThat(text).containsPattern("to nginx +0\\.25x +2\\.50x");
    assertThat(text).containsPattern("to before +2\\.00x +0\\.50x");
    assertThat(text).doesNotContain("at half of Tollgate's saturation");
  }

  private static Sample sample(String target, int requests, long p50Micros, Duration cpu) {
    return new Sample(
        "short", "saturation", 1, target, 1.0, requests, 0, p50Micros, 0, 0, 0, cpu, Duration.ZERO);
  }
}
