package io.tollgate.contract.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodEndTest {
  @ParameterizedTest
  @ValueSource(strings = {"2026-11-30T22:59:59.500Z", "2026-11-30T23:00:00.499999Z"})
  void a_midnight_stays_one_whatever_clocks_and_answers_take(String about) {
    assertThat(PeriodEnd.at(Instant.parse(about))).hasToString("2026-11-30T23:00:00Z");
  }
}
