package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.ClusterConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalAddressTest {
  @Test
  void the_member_that_is_this_machine_is_found_among_others() throws Exception {
    assertThat(among(5702, "192.0.2.1:5701", "127.0.0.1:5702", "nowhere.invalid:5703"))
        .isEqualTo("127.0.0.1");
  }

  @Test
  void of_several_the_one_with_the_own_port_is_taken() throws Exception {
    assertThat(among(5702, "127.0.0.1:5701", "[::1]:5702")).contains(":");
    assertThat(among(5701, "127.0.0.1:5701", "[::1]:5702")).isEqualTo("127.0.0.1");
  }

  @Test
  void a_list_without_this_machine_is_refused() {
    assertThatThrownBy(() -> among(5701, "192.0.2.1:5701"))
        .isInstanceOf(StartFault.class)
        .hasMessage(
            "cluster.members [192.0.2.1:5701] names no address of this machine; every node's own"
                + " belongs in the list");
  }

  private static String among(int port, String... members) throws StartFault {
    return LocalAddress.among(new ClusterConfig(List.of(members), port), Duration.ZERO);
  }
}
