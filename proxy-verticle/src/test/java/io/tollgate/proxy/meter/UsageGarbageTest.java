package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks like usage and is none, and what is usage though it looks odd. */
class UsageGarbageTest {
  /** Of the request alone. */
  private static final TokenUsage NOT_REPORTED = Meters.meter().end().usage();

  private static final long PROMPT = NOT_REPORTED.promptTokens();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"9\"",
        "-9",
        "-0",
        "9.0",
        "0.9",
        "9e0",
        "9E+1",
        "1000000001",
        "9007199254740993",
        "18446744073709551625",
        "007",
        "00",
        "0x9",
        "9_000",
        "+9",
        "9a",
        "NaN",
        "Infinity",
        "true",
        "null",
        "[9]",
        "{\"value\":9}",
        "٩",
        "",
      })
  void a_number_that_is_none_is_not_there(String number) {
    String answer =
        "{\"usage\":{\"prompt_tokens\":%1$s,\"completion_tokens\":%1$s}}".formatted(number);

    Metered metered = Meters.metered(answer);

    assertThat(metered.usage()).isEqualTo(NOT_REPORTED);
    assertThat(metered.estimated()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "9", "1000000000"})
  void a_number_is_written_in_digits(String number) {
    String answer =
        "{\"usage\":{\"prompt_tokens\":%1$s ,\"completion_tokens\": %1$s}}".formatted(number);
    long tokens = Long.parseLong(number);

    assertThat(Meters.metered(answer).usage()).isEqualTo(TokenUsage.of(tokens, tokens));
    assertThat(Meters.metered(answer).estimated()).isFalse();
  }

  @Test
  void a_part_that_is_garbage_leaves_the_others() {
    String answer =
        "{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":8,\"total_tokens\":-1,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":\"x\",\"audio_tokens\":2.5}}}";

    assertThat(Meters.metered(answer).usage()).isEqualTo(TokenUsage.of(9, 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "twice in one object | {\"usage\":{\"prompt_tokens\":1,\"prompt_tokens\":3,\"completion_tokens\":4}}",
        "twice in one document | {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2},\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}",
        "garbage after the number | {\"usage\":{\"prompt_tokens\":3 99,\"completion_tokens\":4 \"x\"}}",
        "a total that is too small | {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":5}}",
        "names in other cases beside it | {\"Usage\":{\"prompt_tokens\":99},\"usage\":{\"PROMPT_TOKENS\":99,\"prompt_tokens\":3,\"completion_tokens\":4}}",
      })
  void odd_usage_is_usage(String what, String answer) {
    TokenUsage usage = Meters.metered(answer).usage();

    assertThat(usage.billableTokens()).as(what).isEqualTo(7);
    assertThat(usage.promptTokens()).as(what).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"message\":{\"content\":\"{\\\"usage\\\":{\\\"prompt_tokens\\\":9}}\"}}]}",
        "{\"choices\":[{\"message\":{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}}]}",
        "{\"choices\":[{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}]}",
        "{\"content\":[{\"type\":\"tool_use\",\"input\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":9}}}]}",
        "{\"output\":[{\"usage\":{\"input_tokens\":9,\"output_tokens\":9}}]}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"args\":{\"usageMetadata\":{\"promptTokenCount\":9}}}}]}}]}",
        "{\"message\":{\"tool_calls\":[{\"function\":{\"arguments\":{\"eval_count\":9,\"prompt_eval_count\":9}}}]}}",
        "{\"metadata\":{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}},\"instructions\":\"usage\"}",
        "{\"usage\":[{\"prompt_tokens\":9,\"completion_tokens\":9}]}",
        "[{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}]",
        "[[{\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":9}}]]",
        "{\"a\":1}{\"x\":{\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}}",
        "{\"a\":1}, {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}",
        "data: [DONE]\n\ndata: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}\n\n",
        "usage: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}\n\n",
        ": {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}\n\n",
      })
  void usage_elsewhere_is_not_the_providers(String answer) {
    assertThat(Meters.metered(answer).usage().promptTokens()).isEqualTo(PROMPT);
    assertThat(Meters.metered(answer).estimated()).isTrue();
  }

  @Test
  void absent_is_not_zero() {
    Metered onlyOutput = Meters.metered("{\"done\":true,\"eval_count\":5,\"response\":\"hi\"}");
    Metered onlyInput =
        Meters.metered("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":null}}");

    assertThat(onlyOutput.usage()).isEqualTo(TokenUsage.of(PROMPT, 5));
    assertThat(onlyOutput.estimated()).isTrue();
    assertThat(onlyInput.usage().promptTokens()).isEqualTo(5);
    assertThat(onlyInput.estimated()).isTrue();
    assertThat(onlyInput.usage().cached()).isNull();
  }

  @Test
  void lines_without_a_last_one_are_no_whole_answer() {
    String line = "{\"response\":\"a\",\"done\":false}\n";

    assertThat(Meters.metered(line + line).complete()).isFalse();
    assertThat(Meters.metered(line + "{\"done\":true}").complete()).isTrue();
  }

  @Property(tries = 3000)
  void random_bytes_are_never_billed_as_reported_and_never_thrown_at(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(300)];
    String alphabet = "{}[]\",:\\ \n\rdataDONEusage0123456789-.eE\u00ff";
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    }
    UsageMeter meter = Meters.meter();
    meter.accept(Buffer.buffer(bytes));

    assertThat(meter.reportsUsage()).isFalse();
    assertThat(meter.end().estimated()).isTrue();
  }
}
