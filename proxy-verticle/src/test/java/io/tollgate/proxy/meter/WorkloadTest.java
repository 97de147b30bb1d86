package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions,GENERATION",
    "/v1/completions,GENERATION",
    "/v1/responses,GENERATION",
    "/v1/messages,GENERATION",
    "/v1/embeddings,EMBEDDING",
    "/v1/models,OTHER",
    "/v1/audio/speech,OTHER",
  })
  void is_told_by_the_path(String path, Workload expected) {
    assertThat(Workload.ofPath(path)).isEqualTo(expected);
  }
}
