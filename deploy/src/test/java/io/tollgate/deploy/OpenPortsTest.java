package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.deploy.OpenPorts.Door;
import org.junit.jupiter.api.Test;

class OpenPortsTest {
  @Test
  void doors_are_told_in_one_order_whichever_was_opened_first() {
    OpenPorts ports =
        OpenPorts.NONE
            .with(Door.ADMIN, "127.0.0.1", 40_001)
            .with(Door.HTTPS, "0.0.0.0", 40_443)
            .with(Door.HTTP, "0.0.0.0", 40_080);

    assertThat(ports).hasToString("http 0.0.0.0:40080, https 0.0.0.0:40443, admin 127.0.0.1:40001");
    assertThat(ports.of(Door.HTTPS)).isEqualTo(40_443);
    assertThat(ports.of(Door.LIMITER_HTTP)).isZero();
    assertThat(OpenPorts.NONE).hasToString("");
  }
}
