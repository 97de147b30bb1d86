package io.tollgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkTest {
  @Test
  void reads_the_line_that_its_script_prints() throws IOException {
    String output =
        """
        Running 5s test @ http://127.0.0.1:8080
          1 threads and 64 connections
          Requests/sec:  24000.00
        measured micros=5000000 requests=120000 errors=3 p50=1200 p99=9000
        """;

    assertThat(Wrk.read(output)).isEqualTo(new Load.Measured(5.0, 120_000, 3, 1200, 9000, 0, 0));
  }

  @Test
  void output_without_that_line_is_a_fault_that_shows_the_output() {
    assertThatThrownBy(() -> Wrk.read("unable to connect\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unable to connect");
  }
}
