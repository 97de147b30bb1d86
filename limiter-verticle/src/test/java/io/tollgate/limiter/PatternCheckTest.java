package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_HEADER;
import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_IP;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static io.tollgate.limiter.Blocks.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.hold.LimitType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternCheckTest {
  @ParameterizedTest
  @CsvSource({
    "LIMIT_BY_PER_HEADER, regexp:(, no RE2 expression",
    "LIMIT_BY_PER_HEADER, regexp:(?=a), no RE2 expression",
    "LIMIT_BY_PER_HEADER, gold, neither * nor regexp:",
    "LIMIT_BY_PER_IP, 10.0.0.0/33, neither an IP address nor a block",
    "LIMIT_BY_PER_IP, 10.0.0.0/, neither an IP address nor a block",
    "LIMIT_BY_PER_IP, 10.0.0, neither an IP address nor a block",
    "LIMIT_BY_PER_IP, localhost, neither an IP address nor a block",
    "LIMIT_BY_PER_IP, *, neither an IP address nor a block",
    "LIMIT_BY_PER_IP, 2001:db8::/129, neither an IP address nor a block",
  })
  void a_pattern_that_can_not_be_compiled_is_told_with_its_place(
      LimitType type, String pattern, String reason) {
    List<ConfigFault> faults =
        PatternCheck.faultsIn(
            List.of(
                route("first"),
                route(
                    "chat",
                    block("r", item(LIMIT_BY_PER_HEADER, "a", "*", 1)),
                    block(
                        "s",
                        item(LIMIT_BY_PER_HEADER, "a", "*", 1),
                        item(type, "b", key("0.0.0.0/0", 1, 1), key(pattern, 1, 1))))));

    assertThat(faults)
        .filteredOn(fault -> fault.found().equals("'" + pattern + "'"))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.path())
                  .isEqualTo("routes[1].ai-token-ratelimit[1].rule_items[1].limit_keys[1].key");
              assertThat(fault.allowed()).contains(reason);
            });
  }

  @Test
  void a_block_that_stands_alone_has_no_number() {
    assertThat(
            PatternCheck.faultsIn(
                List.of(route("chat", block("r", item(LIMIT_BY_PER_IP, "a", "x", 1))))))
        .extracting(ConfigFault::path)
        .containsExactly("routes[0].ai-token-ratelimit.rule_items[0].limit_keys[0].key");
  }

  @Test
  void good_patterns_pass() {
    assertThat(
            PatternCheck.faultsIn(
                List.of(
                    route(
                        "chat",
                        block(
                            "r",
                            item(LIMIT_BY_PER_HEADER, "a", "regexp:^v\\d+(?i)x$", 1),
                            item(LIMIT_BY_PER_IP, "a", "::1", 1))))))
        .isEmpty();
  }
}
