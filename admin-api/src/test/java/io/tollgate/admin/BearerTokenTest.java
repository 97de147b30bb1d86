package io.tollgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {
  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "Bearer", "bearer x", "Bearer \t"})
  void where_no_token_is_configured_nothing_opens(String authorization) {
    assertThat(new BearerToken("").refuse(authorization)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer abc", "bearer  abc "})
  void the_configured_one_opens(String authorization) {
    assertThat(new BearerToken("abc").refuse(authorization)).isEmpty();
  }
}
