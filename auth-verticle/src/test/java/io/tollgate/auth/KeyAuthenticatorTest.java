package io.tollgate.auth;

import static io.tollgate.auth.Given.consumer;
import static io.tollgate.auth.Given.openRoute;
import static io.tollgate.auth.Given.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.auth.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeyAuthenticatorTest {
  private final KeyAuthenticator authenticator =
      new KeyAuthenticator(
          List.of(consumer("ann", "ann-1", "ann-2"), consumer("bob", "bob-1")),
          List.of(
              route("both", "ann", "bob"),
              route("only-ann", "ann"),
              route("nobody"),
              openRoute("open")));

  @Test
  void identifies_a_consumer_by_each_of_its_keys() {
    assertThat(identify("both", "ann-1")).isEqualTo(new Verdict.Identified("ann", Map.of()));
    assertThat(identify("both", "ann-2")).isEqualTo(new Verdict.Identified("ann", Map.of()));
    assertThat(identify("both", "bob-1")).isEqualTo(new Verdict.Identified("bob", Map.of()));
  }

  @Test
  void says_when_there_is_no_key() {
    assertThat(identify("both")).isEqualTo(new Verdict.NoKey());
  }

  @Test
  void says_when_nobody_has_the_key() {
    assertThat(identify("both", "ann-3")).isEqualTo(new Verdict.UnknownKey());
    assertThat(identify("both", "")).isEqualTo(new Verdict.UnknownKey());
  }

  @Test
  void takes_the_first_key_that_anybody_has() {
    assertThat(identify("both", "unknown", "bob-1", "ann-1"))
        .isEqualTo(new Verdict.Identified("bob", Map.of()));
  }

  @Test
  void does_not_try_a_further_key_when_the_first_known_one_is_not_allowed() {
    assertThat(identify("only-ann", "bob-1", "ann-1")).isEqualTo(new Verdict.NotAllowed("bob"));
  }

  @Test
  void lets_nobody_in_where_nobody_is_listed() {
    assertThat(identify("nobody", "ann-1")).isEqualTo(new Verdict.NotAllowed("ann"));
    assertThat(identify("open", "ann-1")).isEqualTo(new Verdict.NotAllowed("ann"));
    assertThat(identify("unheard-of", "ann-1")).isEqualTo(new Verdict.NotAllowed("ann"));
  }

  @Test
  void does_not_take_a_hash_for_a_key() {
    Verdict verdict = identify("both", KeyHash.of("ann-1"));

    assertThat(verdict).isEqualTo(new Verdict.UnknownKey());
  }

  @Test
  void refuses_a_key_that_two_consumers_have() {
    assertThatThrownBy(
            () ->
                new KeyAuthenticator(
                    List.of(consumer("ann", "same"), consumer("bob", "same")), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("consumers ann and bob have the same key");
  }

  private Verdict identify(String route, String... keys) {
    return authenticator
        .identify(new AuthRequest(route, 0, Stream.of(keys).map(KeyHash::of).toList()))
        .result();
  }
}
