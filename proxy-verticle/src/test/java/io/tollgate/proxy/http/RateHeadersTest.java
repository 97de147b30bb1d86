package io.tollgate.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateHeadersTest {
  @Test
  void writes_durations_as_openai_does() {
    assertThat(RateHeaders.duration(-5)).isEqualTo("0ms");
    assertThat(RateHeaders.duration(20)).isEqualTo("20ms");
    assertThat(RateHeaders.duration(6001)).isEqualTo("7s");
    assertThat(RateHeaders.duration(360_000)).isEqualTo("6m0s");
    assertThat(RateHeaders.duration(86_399_000)).isEqualTo("23h59m59s");
    assertThat(RateHeaders.duration(7_200_000)).isEqualTo("2h0m0s");
    assertThat(RateHeaders.duration(90_000_000)).isEqualTo("25h0m0s");
  }

  @Test
  void rounds_seconds_up() {
    assertThat(RateHeaders.seconds(0)).isZero();
    assertThat(RateHeaders.seconds(1)).isEqualTo(1);
    assertThat(RateHeaders.seconds(1000)).isEqualTo(1);
    assertThat(RateHeaders.seconds(1001)).isEqualTo(2);
  }
}
