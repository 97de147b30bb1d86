package io.tollgate.contract.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.limiter.Admission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainRequestReaderTest {
  @Test
  void a_body_of_json_becomes_the_text_of_a_body() throws Exception {
    assertThat(
            read(
                "{'path':'/v1/x','method':'get','headers':{'a':1},'body':{'model':'m'},'consumer':'ann'}"))
        .isEqualTo(
            new ExplainRequestReader.Read(
                new ExplainRequest(
                    "GET", "/v1/x", Map.of("a", "1"), "{\"model\":\"m\"}", "127.0.0.1", "ann")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|request",
        "{}|path",
        "{'path':'v1'}|path",
        "{'path':'/v1','pth':1}|pth",
        "{'path':'/v1','consumer':7}|consumer",
        "{'path':'/v1','headers':[]}|headers",
        "{'path':'/v1','headers':{'a':{}}}|headers.a"
      })
  void a_fault_names_the_field(String json, String field) throws Exception {
    assertThat(read(json))
        .isInstanceOfSatisfying(
            ExplainRequestReader.Faulty.class,
            faulty -> assertThat(faulty.field()).isEqualTo(field));
  }

  @Test
  void a_request_is_not_printed() {
    assertThat(
            new ExplainRequest(
                "POST", "/v1?key=secret", Map.of("x-api-key", "secret"), "secret", "", "ann"))
        .asString()
        .doesNotContain("secret");
  }

  @Test
  void views_travel_whole() throws Exception {
    LimitView limit =
        new LimitView(
            "r/x/60s",
            "k",
            "fixed_window",
            "tokens",
            "total",
            true,
            5,
            10,
            "schedule: mon",
            1L,
            2L,
            2L,
            3L,
            Passing.WOULD_REFUSE,
            4L,
            "n");
    LimitsView view =
        LimitsView.of(
            List.of(limit),
            List.of(new IdleRule("r", "why")),
            new Admission.Throttled(
                "r", Admission.Cause.SPENT, "tokens", 5, 1, 2, 3, 429, null, null));

    assertThat(RecordJson.read(RecordJson.write(view), LimitsView.class)).isEqualTo(view);
    assertThat(new String(RecordJson.write(limit), StandardCharsets.UTF_8))
        .contains("\"reset_millis\":3", "\"passing\":\"would_refuse\"", "\"changed_by\":");
  }

  private static ExplainRequestReader.Reading read(String json) throws Exception {
    return ExplainRequestReader.read(new ObjectMapper().readTree(json.replace('\'', '"')));
  }
}
