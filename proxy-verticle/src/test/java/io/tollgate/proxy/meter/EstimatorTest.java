package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.tollgate.contract.tokens.Estimate;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorTest {
  private static final List<String> CAPS = List.of("max_tokens", "max_completion_tokens");

  private static final Encoding O200K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

  private final Estimator estimator = new Estimator();

  @Test
  void expects_the_prior_output_when_nothing_is_learned() {
    assertThat(estimate("alice", "{}").outputTokens()).isEqualTo(256);
    assertThat(estimate("alice", "{\"n\":3}").outputTokens()).isEqualTo(3 * 256);
  }

  @Test
  void never_expects_more_output_than_the_request_allows() {
    assertThat(estimate("alice", "{\"max_tokens\":10}").outputTokens()).isEqualTo(10);
    assertThat(estimate("alice", "{\"max_tokens\":10,\"n\":2}").outputTokens()).isEqualTo(20);
    assertThat(estimate("alice", "{\"max_tokens\":1000}").outputTokens()).isEqualTo(256);
  }

  @Test
  void expects_no_output_of_embeddings_and_unknown_work() {
    RequestBody request = body("{\"input\":\"some text to embed\"}");

    Estimate embedding =
        estimator.forecast("alice", "m", Workload.EMBEDDING, request, CAPS).estimate();
    Estimate other =
        estimator.forecast(null, "m", Workload.OTHER, RequestBody.none(), CAPS).estimate();

    assertThat(embedding).isEqualTo(new Estimate(5, 0));
    assertThat(other).isEqualTo(new Estimate(0, 0));
  }

  @Test
  void learns_a_high_quantile_of_the_last_outputs_by_consumer_and_model() {
    for (int output = 1; output <= 164; output++) {
      answer("alice", output);
    }

    assertThat(estimate("alice", "{}").outputTokens()).isEqualTo(100 + 59);
    assertThat(estimate("alice", "{\"max_tokens\":5}").outputTokens()).isEqualTo(5);
    assertThat(estimate("bob", "{}").outputTokens()).isEqualTo(256);
    assertThat(estimate(null, "{}").outputTokens()).isEqualTo(256);
  }

  @Test
  void does_not_learn_from_answers_that_are_broken_off_or_estimated() {
    answer("alice", 40);
    UsageMeter brokenOff = forecast("alice", "{}").meter();
    brokenOff.accept(
        Buffer.buffer("data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":999}}\n\n"));
    UsageMeter withoutUsage = forecast("alice", "{}").meter();
    withoutUsage.accept(
        Buffer.buffer("{\"choices\":[{\"text\":\"%s\"}]}".formatted("x".repeat(9999))));

    assertThat(brokenOff.end().estimated()).isFalse();
    assertThat(withoutUsage.end().estimated()).isTrue();
    assertThat(estimate("alice", "{}").outputTokens()).isEqualTo(40);
  }

  @Test
  void learns_once_from_an_answer_that_is_ended_twice() {
    for (int i = 0; i < 20; i++) {
      answer("alice", 10);
    }
    UsageMeter meter = answer("alice", 500);
    meter.end();
    meter.end();

    assertThat(estimate("alice", "{}").outputTokens()).isEqualTo(10);
  }

  @Test
  void forgets_the_consumers_that_were_not_seen_for_longest() {
    answer("first", 7);
    for (int i = 1; i < Estimator.MAX_OUTPUT_ENTRIES; i++) {
      answer("consumer-" + i, 9);
    }
    assertThat(estimate("first", "{}").outputTokens()).isEqualTo(7);
    answer("one-too-many", 9);

    assertThat(estimate("first", "{}").outputTokens()).isEqualTo(7);
    assertThat(estimate("consumer-1", "{}").outputTokens()).isEqualTo(256);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "This is an ordinary English question about the weather of tomorrow, and what to wear for it.",
        "我想知道明天的天气怎么样，需要带雨伞吗？请用简单的语言告诉我，谢谢。今天的新闻里说会下雨。",
        "Please translate 人工智能网关会统计每一次请求所使用的令牌数量 into English, word by word.",
      })
  void estimates_usual_prompts_within_a_third_before_it_has_learned(String text) {
    long estimated = estimate("alice", chat(text)).promptTokens();

    int exact = O200K.countTokensOrdinary(text) + 7;
    assertThat((double) estimated).isCloseTo(exact, within(exact / 3.0));
  }

  @ParameterizedTest
  @CsvSource({"0.5,0", "2,0", "0.6,1", "1.5,1", "5,0"})
  void learns_how_many_tokens_a_model_makes_of_text(double factor, int other) {
    String text = (other == 1 ? "统计令牌的数量" : "count the tokens").repeat(20);
    long before = estimate("alice", chat(text)).promptTokens();
    long exact = Math.round(before * factor);
    for (int i = 0; i < 200; i++) {
      UsageMeter meter = forecast("alice", chat(text)).meter();
      meter.accept(Buffer.buffer(usage(exact, 5)));
      meter.end();
    }

    assertThat((double) estimate("alice", chat(text)).promptTokens())
        .isCloseTo(exact, within(exact * 0.05 + 2));
    assertThat(
            estimator.forecast("alice", "other-model", Workload.GENERATION, body(chat(text)), CAPS))
        .extracting(forecast -> forecast.estimate().promptTokens())
        .isEqualTo(before);
  }

  @Test
  void estimates_a_broken_answer_with_what_it_learned_from_whole_ones() {
    String text = "x".repeat(400);
    String answer = "{\"choices\":[{\"text\":\"" + text + "\"}],";
    for (int i = 0; i < 200; i++) {
      UsageMeter meter = forecast("alice", "{}").meter();
      meter.accept(Buffer.buffer(answer + usage(1, 50).substring(1)));
      meter.end();
    }
    UsageMeter broken = forecast("alice", "{}").meter();
    broken.accept(Buffer.buffer(answer));

    assertThat((double) broken.end().usage().completionTokens()).isCloseTo(50, within(2.0));
  }

  @Test
  void leaves_reasoning_that_is_not_shown_out_of_the_rates() {
    String text = "x".repeat(400);
    for (int i = 0; i < 100; i++) {
      UsageMeter meter = forecast("alice", "{}").meter();
      meter.accept(
          Buffer.buffer(
              "{\"choices\":[{\"text\":\""
                  + text
                  + "\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1100,"
                  + "\"completion_tokens_details\":{\"reasoning_tokens\":1000}}}"));
      meter.end();
    }
    UsageMeter broken = forecast("alice", "{}").meter();
    broken.accept(Buffer.buffer("{\"choices\":[{\"text\":\"" + text));

    assertThat(broken.end().usage().completionTokens()).isEqualTo(100);
  }

  @Test
  void keeps_its_rates_within_bounds_whatever_it_is_told() {
    String text = "count the tokens".repeat(20);
    long before = estimate("alice", chat(text)).promptTokens();
    for (int i = 0; i < 1000; i++) {
      UsageMeter meter = forecast("alice", chat(text)).meter();
      meter.accept(Buffer.buffer(usage(1_000_000_000, 5)));
      meter.end();
    }

    assertThat(estimate("alice", chat(text)).promptTokens()).isBetween(before, before * 8);
  }

  private UsageMeter answer(String consumer, long outputTokens) {
    UsageMeter meter = forecast(consumer, "{}").meter();
    meter.accept(Buffer.buffer(usage(1, outputTokens)));
    meter.end();
    return meter;
  }

  private static String usage(long prompt, long completion) {
    return "{\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}"
        .formatted(prompt, completion);
  }

  private static String chat(String text) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
  }

  private Estimate estimate(String consumer, String json) {
    return forecast(consumer, json).estimate();
  }

  private Forecast forecast(String consumer, String json) {
    return estimator.forecast(consumer, "m", Workload.GENERATION, body(json), CAPS);
  }

  private static RequestBody body(String json) {
    return (RequestBody) RequestBody.read(Buffer.buffer(json));
  }
}
