package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageMeterTest {
  @Test
  void reads_a_chat_stream() {
    Metered metered = Meters.metered(Samples.CHAT_STREAM);

    assertThat(metered)
        .isEqualTo(
            new Metered(
                new TokenUsage(11L, 22L, 33L, 4L, 5L, null, null, null),
                false,
                "qwen-max-0919",
                "stop",
                true));
  }

  @Test
  void reads_a_chat_document() {
    Metered metered = Meters.metered(Samples.CHAT_DOCUMENT);

    assertThat(metered)
        .isEqualTo(
            new Metered(
                new TokenUsage(19L, 10L, 29L, 8L, 3L, null, 0L, null),
                false,
                "gpt-4o-2024-08-06",
                "stop",
                true));
  }

  @Test
  void reads_embeddings() {
    UsageMeter meter = Meters.meter(new Estimator(), Workload.EMBEDDING);
    meter.accept(Buffer.buffer(Samples.EMBEDDINGS));

    assertThat(meter.end().usage())
        .isEqualTo(new TokenUsage(8L, 0L, 8L, null, null, null, null, null));
    assertThat(meter.end().estimated()).isFalse();
  }

  @Test
  void reads_a_responses_stream_and_counts_its_text_once() {
    UsageMeter meter = Meters.meter();
    meter.accept(Buffer.buffer(Samples.RESPONSES_STREAM));

    assertThat(meter.end())
        .isEqualTo(
            new Metered(
                new TokenUsage(37L, 11L, 48L, 2L, 1L, null, null, null),
                false,
                "gpt-4o",
                "completed",
                true));
    assertThat(meter.reader().text().ascii()).isEqualTo("Hi there".length());
  }

  @Test
  void adds_cache_tokens_of_a_messages_stream_to_its_input() {
    Metered metered = Meters.metered(Samples.MESSAGES_STREAM);

    assertThat(metered)
        .isEqualTo(
            new Metered(
                new TokenUsage(132L, 15L, 147L, 100L, null, 7L, null, null),
                false,
                "claude-3-5",
                "end_turn",
                true));
  }

  @Test
  void does_not_take_the_first_output_count_of_a_messages_stream_for_the_answers() {
    String brokenOff =
        Samples.MESSAGES_STREAM.substring(
            0, Samples.MESSAGES_STREAM.indexOf("event: message_delta"));
    Metered metered = Meters.metered(brokenOff);

    assertThat(metered.estimated()).isTrue();
    assertThat(metered.complete()).isFalse();
    assertThat(metered.usage().promptTokens()).isEqualTo(132);
    assertThat(metered.usage().completionTokens()).isEqualTo(2);
  }

  @Test
  void reads_odd_streams() {
    Metered metered = Meters.metered(Samples.ODD_STREAM);

    assertThat(metered)
        .isEqualTo(
            new Metered(
                new TokenUsage(5L, 6L, 11L, null, null, null, null, null),
                false,
                "odd",
                "length",
                false));
  }

  @Test
  void estimates_when_no_usage_came() {
    Metered metered = Meters.metered(Samples.CHAT_STREAM_WITHOUT_USAGE_CHUNK);

    assertThat(metered.estimated()).isTrue();
    assertThat(metered.complete()).isTrue();
    assertThat(metered.usage().promptTokens()).isEqualTo(Meters.PROMPT_TOKENS);
    int ascii = " \"usage\":{\"prompt_tokens\":999}".length() + 1;
    int others = "我是你é".length() + 1;
    assertThat(metered.usage().completionTokens())
        .isEqualTo((long) Math.ceil(ascii * 0.25 + others * 0.7));
  }

  @Test
  void estimates_an_answer_of_which_nothing_came() {
    Metered metered = Meters.meter().end();

    assertThat(metered.estimated()).isTrue();
    assertThat(metered.usage()).isEqualTo(TokenUsage.of(Meters.PROMPT_TOKENS, 0));
  }

  @Test
  void counts_every_kind_of_text_that_the_model_writes() {
    String answer =
        "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"12\"}],"
            + "\"reasoning_content\":\"345\",\"refusal\":\"6\",\"tool_calls\":[{\"id\":\"x\","
            + "\"function\":{\"name\":\"f7\",\"arguments\":\"{\\\"a\\\":1}\"}}]}},"
            + "{\"text\":\"8\"}],\"output\":[{\"content\":[{\"text\":\"9\"}]}]}";
    UsageMeter meter = Meters.meter();
    meter.accept(Buffer.buffer(answer));

    assertThat(meter.reader().text().ascii()).isEqualTo(2 + 3 + 1 + 2 + 7 + 1 + 1);
  }

  @Test
  void takes_the_last_of_several_reports() {
    String chunk = "data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":%d}}\n\n";
    Metered metered =
        Meters.metered(chunk.formatted(1) + chunk.formatted(7) + "data: {\"usage\":null}\n\n");

    assertThat(metered.usage()).isEqualTo(TokenUsage.of(3, 7));
  }

  @Test
  void bills_a_total_that_has_no_parts() {
    Metered metered = Meters.metered("{\"usage\":{\"total_tokens\":42}}");

    assertThat(metered.usage().billableTokens()).isEqualTo(42);
    assertThat(metered.estimated()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"x\":{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}}",
        "{\"x\":\"\\\"usage\\\":{\\\"prompt_tokens\\\":9}\",\"y\":[{\"usage\":{\"prompt_tokens\":9}}]}",
        "{\"usage\":\"prompt_tokens\",\"prompt_tokens\":9,\"completion_tokens\":9}",
        "{\"usage\":{\"prompt_tokens\":\"9\",\"completion_tokens\":-9}}",
        "{\"usage\":{\"prompt_tokens\":1e9,\"completion_tokens\":99999999999999999999999}}",
        "{\"usage\":{\"a\":{\"prompt_tokens\":9},\"completion_tokens\":",
        "[{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}]",
        "data: [{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}]\n\n",
        "event: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}\n\n",
        "<html>\"usage\":{\"prompt_tokens\":9}</html>",
        "{]}}}\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}",
      })
  void does_not_take_other_things_for_usage(String answer) {
    assertThat(Meters.metered(answer).usage()).isEqualTo(TokenUsage.of(Meters.PROMPT_TOKENS, 0));
  }

  @Test
  void does_not_take_a_number_that_is_cut_off() {
    String answer = "data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":12";

    assertThat(Meters.metered(answer).estimated()).isTrue();
    assertThat(Meters.metered(answer + "}").usage()).isEqualTo(TokenUsage.of(3, 12));
  }

  @Test
  void understands_escapes_in_names() {
    String answer = "{\"us\\u0061ge\":{\"prompt_tokens\":3,\"completion\\u005ftokens\":4}}";

    assertThat(Meters.metered(answer).usage()).isEqualTo(TokenUsage.of(3, 4));
  }

  @Test
  void says_at_any_time_what_was_used_so_far() {
    UsageMeter meter = Meters.meter();
    List<Buffer> chunks = Meters.singleBytes(Buffer.buffer(Samples.CHAT_STREAM));
    long before = meter.soFar().billableTokens();
    long most = before;
    for (Buffer chunk : chunks.subList(0, chunks.size() - 300)) {
      meter.accept(chunk);
      assertThat(meter.soFar().billableTokens()).isGreaterThanOrEqualTo(most);
      most = meter.soFar().billableTokens();
    }
    chunks.subList(chunks.size() - 300, chunks.size()).forEach(meter::accept);

    assertThat(before).isEqualTo(Meters.PROMPT_TOKENS);
    assertThat(most).isGreaterThan(10);
    assertThat(meter.soFar().billableTokens()).isEqualTo(33);
  }

  @Test
  void reads_answers_larger_than_its_window_and_deeper_than_its_stack() {
    String large = "x\\\"{[".repeat(100_000);
    String deep = "[{\"usage\":".repeat(100_000);
    String answer =
        "{\"choices\":[{\"message\":{\"content\":\"%s\"}}],\"usage\":{\"prompt_tokens\":3,"
                .formatted(large)
            + "\"completion_tokens\":4},\"x\":"
            + deep;

    assertThat(Meters.metered(answer).usage()).isEqualTo(TokenUsage.of(3, 4));
  }

  @TestFactory
  List<DynamicTest> finds_the_same_however_the_bytes_are_cut() {
    return Samples.all().entrySet().stream()
        .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> cutEverywhere(sample)))
        .toList();
  }

  private static void cutEverywhere(Map.Entry<String, String> sample) {
    Buffer bytes = Buffer.buffer(sample.getValue());
    Observed whole = observed(List.of(bytes));

    assertThat(observed(Meters.singleBytes(bytes))).isEqualTo(whole);
    for (int place = 0; place <= bytes.length(); place++) {
      assertThat(observed(Meters.cut(bytes, place))).isEqualTo(whole);
    }
  }

  private record Observed(Metered metered, long ascii, long other, long soFar) {}

  private static Observed observed(List<Buffer> chunks) {
    UsageMeter meter = Meters.meter();
    chunks.forEach(meter::accept);
    AnswerText text = meter.reader().text();
    return new Observed(meter.end(), text.ascii(), text.other(), meter.soFar().billableTokens());
  }
}
