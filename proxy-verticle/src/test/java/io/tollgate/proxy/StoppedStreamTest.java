package io.tollgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams that run past what their rules leave, as real clients see them end. */
class StoppedStreamTest {
  private static final DemoConfig PACE = new DemoConfig(Duration.ZERO, Duration.ofMillis(2));

  /** What may be used, of an answer that would have more. */
  private static final long AMOUNT = 80;

  private static final int WOULD_BE = 400;

  /** What passes while the last words are counted, or is taken for a little more than it is. */
  private static final long WITHIN = 4;

  private final List<AutoCloseable> clients = new ArrayList<>();
  private SimulatedProvider simulated;
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    simulated = SimulatedProvider.start(PACE, Given.stopping());
    gateway = simulated.gateway;
    stopAt(AMOUNT, Count.TOTAL);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable client : clients) {
      client.close();
    }
    simulated.close();
  }

  private void stopAt(long amount, Count count) {
    gateway.services.admission =
        request ->
            Future.succeededFuture(FakeServices.admitted(FakeServices.stopping(count, amount)));
  }

  @Test
  void ends_a_chat_with_the_reason_length_and_bills_what_was_used() throws Exception {
    HttpResponse<String> answer =
        gateway.send(simulated.chat("gpt-4o", "who are you?", true, WOULD_BE, null));

    assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("error");
    assertThat(answer.body().split("\"finish_reason\":\"length\"", -1)).hasSize(2);
    assertThat(answer.body()).doesNotContain("\"usage\":{");
    SimulatedProvider.Books books = simulated.books();
    assertThat(books.billed().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(books.billed().estimated()).isTrue();
    assertThat(books.billedTokens()).isBetween(AMOUNT - WITHIN, AMOUNT + WITHIN);
    assertThat(books.made().completionTokens()).isLessThan(WOULD_BE);
    assertThat(
            gateway
                .meters
                .get("tollgate.streams.stopped")
                .tag("rule", "rule/limit_by_per_consumer:x-mse-consumer/60s")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void the_openai_sdk_takes_a_stopped_chat_for_one_that_reached_its_length() throws Exception {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    ChatCompletionCreateParams question =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o")
            .addUserMessage("who are you?")
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .putAdditionalHeader("x-demo-tokens", "" + WOULD_BE)
            .build();
    try (StreamResponse<ChatCompletionChunk> stream =
        openAi().chat().completions().createStreaming(question)) {
      stream.stream().forEach(accumulator::accumulate);
    }

    ChatCompletion whole = accumulator.chatCompletion();
    assertThat(whole.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
    assertThat(whole.choices().getFirst().message().content().orElseThrow()).isNotBlank();
    UsageEvent billed = simulated.books().billed();
    assertThat(billed.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(whole.usage().orElseThrow().totalTokens())
        .isEqualTo(billed.usage().billableTokens())
        .isBetween(AMOUNT - WITHIN, AMOUNT + WITHIN);
  }

  @Test
  void the_openai_sdk_takes_a_stopped_completion_for_one_that_reached_its_length()
      throws Exception {
    CompletionCreateParams question =
        CompletionCreateParams.builder()
            .model("gpt-4o")
            .prompt("who are you?")
            .putAdditionalHeader("x-demo-tokens", "" + WOULD_BE)
            .build();
    List<Completion> chunks;
    try (StreamResponse<Completion> stream = openAi().completions().createStreaming(question)) {
      chunks = stream.stream().toList();
    }

    assertThat(chunks.getLast().choices().getFirst().finishReason())
        .isEqualTo(CompletionChoice.FinishReason.LENGTH);
    assertThat(chunks.getLast().id()).isEqualTo(chunks.getFirst().id());
    assertThat(simulated.books().billed().outcome()).isEqualTo(Outcome.STOPPED);
  }

  @Test
  void the_openai_sdk_takes_a_stopped_response_for_an_incomplete_one() throws Exception {
    ResponseCreateParams question =
        ResponseCreateParams.builder()
            .model("gpt-4o")
            .input("who are you?")
            .putAdditionalHeader("x-demo-tokens", "" + WOULD_BE)
            .build();
    ResponseAccumulator accumulator = ResponseAccumulator.create();
    List<ResponseStreamEvent> events;
    try (StreamResponse<ResponseStreamEvent> stream =
        openAi().responses().createStreaming(question)) {
      events = stream.stream().peek(accumulator::accumulate).toList();
    }

    Response whole = accumulator.response();
    assertThat(whole.status()).contains(ResponseStatus.INCOMPLETE);
    assertThat(whole.incompleteDetails().orElseThrow().reason())
        .contains(Response.IncompleteDetails.Reason.MAX_OUTPUT_TOKENS);
    String text =
        events.stream()
            .flatMap(event -> event.outputTextDelta().stream())
            .map(delta -> delta.delta())
            .collect(Collectors.joining());
    assertThat(text).isNotBlank();
    assertThat(whole.output().getFirst().asMessage().content().getFirst().asOutputText().text())
        .isEqualTo(text);
    UsageEvent billed = simulated.books().billed();
    assertThat(billed.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(whole.usage().orElseThrow().outputTokens())
        .isEqualTo(billed.usage().completionTokens());
  }

  @Test
  void the_anthropic_sdk_takes_a_stopped_message_for_one_that_reached_its_length()
      throws Exception {
    MessageCreateParams question =
        MessageCreateParams.builder()
            .model("claude-sonnet-4-20250514")
            .maxTokens(9000)
            .addUserMessage("who are you?")
            .putAdditionalHeader("x-demo-tokens", "" + WOULD_BE)
            .build();
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (com.anthropic.core.http.StreamResponse<RawMessageStreamEvent> stream =
        anthropic().messages().createStreaming(question)) {
      stream.stream().forEach(accumulator::accumulate);
    }

    Message whole = accumulator.message();
    assertThat(whole.stopReason()).contains(StopReason.MAX_TOKENS);
    assertThat(whole.content().getFirst().asText().text()).isNotBlank();
    UsageEvent billed = simulated.books().billed();
    assertThat(billed.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(whole.usage().outputTokens()).isEqualTo(billed.usage().completionTokens());
  }

  @Test
  void counts_what_its_rule_counts() throws Exception {
    stopAt(50, Count.OUTPUT);

    gateway.send(simulated.chat("gpt-4o", "who are you?", true, WOULD_BE, null));

    assertThat(simulated.books().billed().usage().completionTokens())
        .isBetween(50 - WITHIN, 50 + WITHIN);
  }

  @Test
  void goes_by_the_latest_word_on_what_is_left() throws Exception {
    stopAt(1_000_000, Count.TOTAL);
    gateway.services.renewed =
        renewal ->
            new Renewed(
                renewal.open().stream()
                    .collect(
                        Collectors.toMap(
                            Renewal.OpenRequest::requestId,
                            open ->
                                open.limitHolds().stream().map(hold -> -hold.tokens()).toList())));

    gateway.send(simulated.chat("gpt-4o", "who are you?", true, 5000, null));

    SimulatedProvider.Books books = simulated.books();
    assertThat(books.billed().outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(books.made().completionTokens()).isLessThan(5000);
  }

  @Test
  void lets_an_answer_end_by_itself_that_stays_below_the_line() throws Exception {
    HttpResponse<String> answer =
        gateway.send(simulated.chat("gpt-4o", "who are you?", true, 20, null));

    assertThat(answer.body()).contains("\"finish_reason\":\"stop\"").endsWith("data: [DONE]\n\n");
    assertThat(simulated.books().billed().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void lets_a_document_pass_whole() throws Exception {
    HttpResponse<String> answer =
        gateway.send(simulated.chat("gpt-4o", "who are you?", false, WOULD_BE, null));

    assertThat(answer.body()).contains("\"completion_tokens\":" + WOULD_BE);
    assertThat(simulated.books().billed().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void ends_the_stream_however_it_is_cut() throws Exception {
    HttpRequest.Builder request =
        simulated.chat("gpt-4o", "who are you?", true, WOULD_BE, "split=7");

    HttpResponse<String> answer = gateway.send(request);

    assertThat(answer.body()).endsWith("data: [DONE]\n\n");
    List<String> events = List.of(answer.body().split("\n\n"));
    assertThat(events).allSatisfy(event -> assertThat(event).startsWith("data: "));
    assertThat(simulated.books().billedTokens()).isBetween(AMOUNT - WITHIN, AMOUNT + WITHIN);
  }

  private OpenAIClient openAi() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(gateway.uri("/v1").toString())
            .apiKey("ann-key")
            .build();
    clients.add(client::close);
    return client;
  }

  private AnthropicClient anthropic() {
    AnthropicClient client =
        AnthropicOkHttpClient.builder()
            .baseUrl(gateway.uri("").toString())
            .apiKey("ann-key")
            .build();
    clients.add(client::close);
    return client;
  }
}
