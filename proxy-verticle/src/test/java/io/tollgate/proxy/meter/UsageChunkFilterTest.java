package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class UsageChunkFilterTest {
  private static final String USAGE_EVENT =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
  private static final String TEXT_EVENT =
      "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n";

  @Test
  void takes_out_the_usage_chunk_only() {
    assertThat(filtered(List.of(Buffer.buffer(Samples.CHAT_STREAM))))
        .isEqualTo(Samples.CHAT_STREAM_WITHOUT_USAGE_CHUNK)
        .isNotEqualTo(Samples.CHAT_STREAM);
  }

  @Test
  void hands_on_the_very_chunk_that_has_nothing_to_hide() {
    UsageChunkFilter filter = new UsageChunkFilter(Meters.meter());
    Buffer chunk = Buffer.buffer(TEXT_EVENT + TEXT_EVENT);

    assertThat(filter.pass(chunk)).isSameAs(chunk);
    assertThat(filter.rest().length()).isZero();
  }

  @Test
  void holds_an_event_back_only_until_it_shows_a_choice() {
    UsageChunkFilter filter = new UsageChunkFilter(Meters.meter());
    String start = "data: {\"choices\":[";

    assertThat(filter.pass(Buffer.buffer(start)).length()).isZero();
    assertThat(filter.pass(Buffer.buffer("{\"del")).toString()).isEqualTo(start + "{\"del");
    assertThat(filter.pass(Buffer.buffer("ta\":{}}]}")).toString()).isEqualTo("ta\":{}}]}");
    assertThat(filter.pass(Buffer.buffer("\n\n" + USAGE_EVENT)).toString()).isEqualTo("\n\n");
  }

  @Test
  void lets_an_event_through_that_is_too_large_to_hold() {
    UsageChunkFilter filter = new UsageChunkFilter(Meters.meter());
    String start = "data: {\"x\":\"" + "y".repeat(UsageChunkFilter.MAX_HELD_BYTES - 20);
    String rest = "y".repeat(20) + "\",\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n";

    assertThat(filter.pass(Buffer.buffer(start)).length()).isZero();
    assertThat(filter.pass(Buffer.buffer(rest.substring(0, 30))).toString())
        .isEqualTo(start + rest.substring(0, 30));
    assertThat(filter.pass(Buffer.buffer(rest.substring(30) + USAGE_EVENT + TEXT_EVENT)).toString())
        .isEqualTo(rest.substring(30) + TEXT_EVENT);
  }

  @Test
  void gives_back_what_it_holds_when_the_stream_breaks_off() {
    UsageChunkFilter filter = new UsageChunkFilter(Meters.meter());
    Buffer passed = filter.pass(Buffer.buffer(TEXT_EVENT + USAGE_EVENT.strip()));

    assertThat(passed.toString()).isEqualTo(TEXT_EVENT);
    assertThat(filter.rest().toString()).isEqualTo(USAGE_EVENT.strip());
    assertThat(filter.rest().length()).isZero();
  }

  @Test
  void keeps_events_that_are_not_the_usage_chunk() {
    String kept =
        "data: {\"choices\":[],\"usage\":null}\n\n"
            + "data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n"
            + "data: {\"usage\":{\"prompt_tokens\":1}}\n\n"
            + "data: {\"choices\":[],\"x\":{\"usage\":{}}}\n\n"
            + "data: {\"choices\":[{}],\"usage\":{\"prompt_tokens\":1}}\n\n"
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}\n\n"
            + Samples.MESSAGES_STREAM
            + Samples.RESPONSES_STREAM;

    assertThat(filtered(List.of(Buffer.buffer(kept)))).isEqualTo(kept);
  }

  @Test
  void meters_what_it_hides() {
    UsageMeter meter = Meters.meter();
    UsageChunkFilter filter = new UsageChunkFilter(meter);
    filter.pass(Buffer.buffer(Samples.CHAT_STREAM));

    assertThat(meter.end().usage().billableTokens()).isEqualTo(33);
  }

  @TestFactory
  List<DynamicTest> passes_the_same_bytes_however_they_are_cut() {
    return Samples.all().entrySet().stream()
        .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> cutEverywhere(sample)))
        .toList();
  }

  private static void cutEverywhere(Map.Entry<String, String> sample) {
    Buffer bytes = Buffer.buffer(sample.getValue());
    String expected = withoutUsageEvent(sample.getValue());

    assertThat(filtered(List.of(bytes))).isEqualTo(expected);
    assertThat(filtered(Meters.singleBytes(bytes))).isEqualTo(expected);
    for (int place = 0; place <= bytes.length(); place++) {
      assertThat(filtered(Meters.cut(bytes, place))).isEqualTo(expected);
    }
  }

  private static String withoutUsageEvent(String stream) {
    return stream.replaceFirst(
        "data: [^\\r\\n]*\"choices\":\\[],[^\\r\\n]*(\\r\\n|\\n|\\r)\\1", "");
  }

  private static String filtered(List<Buffer> chunks) {
    UsageChunkFilter filter = new UsageChunkFilter(Meters.meter());
    Buffer out = Buffer.buffer();
    chunks.forEach(chunk -> out.appendBuffer(filter.pass(chunk)));
    return out.appendBuffer(filter.rest()).toString();
  }
}
