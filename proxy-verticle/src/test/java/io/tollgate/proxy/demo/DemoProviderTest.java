package io.tollgate.proxy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.tollgate.contract.config.DemoConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DemoProviderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Encoding O200K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
  private static final String WHO_ARE_YOU =
      "\"model\":\"qwen-max\",\"messages\":[{\"role\":\"user\",\"content\":\"你是谁\"}]";

  private static final String LONG_MODEL = WHO_ARE_YOU.replace("qwen-max", "m".repeat(400));

  private static final Queue<DemoLedger.Entry> entries = new ConcurrentLinkedQueue<>();

  private static Vertx vertx;
  private static DemoProviderVerticle provider;
  private static HttpClient client;

  @BeforeAll
  static void deploy() throws Exception {
    vertx = Vertx.vertx();
    provider = deployed(new DemoConfig(Duration.ZERO, Duration.ZERO));
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  private static DemoProviderVerticle deployed(DemoConfig pace) throws Exception {
    DemoProviderVerticle verticle = new DemoProviderVerticle(pace, entries::add);
    vertx
        .deployVerticle(verticle)
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    return verticle;
  }

  @AfterAll
  static void close() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void answers_a_chinese_question_in_chinese_and_says_that_it_is_simulated() throws Exception {
    JsonNode answer = json(chat("{" + WHO_ARE_YOU + "}"));

    String text = answer.at("/choices/0/message/content").textValue();
    assertThat(text).contains("模拟模型").contains("密钥").contains("「你是谁」");
    assertThat(answer.at("/object").textValue()).isEqualTo("chat.completion");
    assertThat(answer.at("/model").textValue()).isEqualTo("qwen-max");
    assertThat(answer.at("/choices/0/finish_reason").textValue()).isEqualTo("stop");
  }

  @Test
  void counts_chat_messages_as_openai_does() throws Exception {
    JsonNode usage = json(chat("{" + WHO_ARE_YOU + "}")).get("usage");

    int framing = 3 + 3;
    int expected = framing + O200K.countTokens("user") + O200K.countTokens("你是谁");
    assertThat(usage.get("prompt_tokens").intValue()).isEqualTo(expected);
    assertThat(usage.get("total_tokens").intValue())
        .isEqualTo(expected + usage.get("completion_tokens").intValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Who are you?",
        "你是谁",
        "あなたは誰ですか",
        "당신은 누구입니까",
        "Hi \\\"there\\\" <|endoftext|> 👩‍👩‍👧 𠀀𠀁 ﷽ é",
        "zero\\u0000and\\nlines\\t\\ud800"
      })
  void reports_exactly_the_tokens_of_the_text_it_wrote(String question) throws Exception {
    String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]";
    JsonNode answer = json(chat("{\"model\":\"qwen-max\"," + messages + "}"));
    List<JsonNode> events = streamed("{\"model\":\"qwen-max\",\"stream\":true," + messages + "}");

    String text = answer.at("/choices/0/message/content").textValue();
    int tokens = answer.at("/usage/completion_tokens").intValue();
    assertThat(tokens).isEqualTo(O200K.countTokensOrdinary(text));
    assertThat(streamedText(events)).isEqualTo(text);
  }

  @Test
  void speaks_english_when_asked_in_english() throws Exception {
    JsonNode answer =
        json(chat("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}"));

    assertThat(answer.at("/choices/0/message/content").textValue())
        .contains("simulated model")
        .contains("\"Hello!\"");
  }

  @Test
  void streams_a_token_a_chunk_and_usage_only_when_asked() throws Exception {
    List<JsonNode> silent = streamed("{\"stream\":true," + WHO_ARE_YOU + "}");
    List<JsonNode> telling =
        streamed(
            "{\"stream\":true,\"stream_options\":{\"include_usage\":true}," + WHO_ARE_YOU + "}");

    assertThat(silent).noneMatch(chunk -> chunk.has("usage"));
    assertThat(silent.getFirst().at("/choices/0/delta/role").textValue()).isEqualTo("assistant");
    assertThat(silent.getLast().at("/choices/0/finish_reason").textValue()).isEqualTo("stop");
    JsonNode usage = telling.getLast();
    assertThat(usage.get("choices")).isEmpty();
    assertThat(telling.subList(0, telling.size() - 1))
        .allMatch(chunk -> chunk.get("usage").isNull());
    long textChunks = telling.stream().filter(c -> !deltaText(c).isEmpty()).count();
    assertThat(usage.at("/usage/completion_tokens").longValue()).isEqualTo(textChunks);
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
  void stops_at_the_cap(String field) throws Exception {
    for (int cap = 1; cap <= 30; cap++) {
      JsonNode answer = json(chat("{\"" + field + "\":" + cap + "," + WHO_ARE_YOU + "}"));

      assertThat(answer.at("/choices/0/finish_reason").textValue()).isEqualTo("length");
      int tokens = answer.at("/usage/completion_tokens").intValue();
      assertThat(tokens).isBetween(cap - 2, cap);
      String text = answer.at("/choices/0/message/content").textValue();
      assertThat(tokens).isEqualTo(O200K.countTokensOrdinary(text));
    }
  }

  @Test
  void ends_before_a_stop() throws Exception {
    JsonNode answer = json(chat("{\"stop\":[\"。\",\"那\"]," + WHO_ARE_YOU + "}"));

    String text = answer.at("/choices/0/message/content").textValue();
    assertThat(text).isEqualTo("我是 Tollgate 的模拟模型");
    assertThat(answer.at("/usage/completion_tokens").intValue())
        .isEqualTo(O200K.countTokensOrdinary(text));
  }

  @ParameterizedTest
  @CsvSource({"1,qwen-max", "2,gpt-4", "37,gpt-4o", "1000,gpt-3.5-turbo", "20000,davinci"})
  void gives_exactly_the_ordered_number_of_tokens(int tokens, String model) throws Exception {
    String body =
        "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    JsonNode answer = json(send("/v1/chat/completions", body, "x-demo-tokens", "" + tokens));

    String text = answer.at("/choices/0/message/content").textValue();
    assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(tokens);
    Encoding encoding =
        Encodings.newLazyEncodingRegistry().getEncodingForModel(model).orElse(O200K);
    assertThat(encoding.countTokensOrdinary(text)).isEqualTo(tokens);
  }

  @Test
  void counts_with_the_encoding_of_the_model() throws Exception {
    JsonNode old = json(chat("{" + WHO_ARE_YOU.replace("qwen-max", "gpt-4") + "}"));
    JsonNode recent = json(chat("{" + WHO_ARE_YOU + "}"));

    assertThat(old.at("/usage/completion_tokens").intValue())
        .isGreaterThan(recent.at("/usage/completion_tokens").intValue());
  }

  @Test
  void completes_a_prompt() throws Exception {
    JsonNode answer =
        json(send("/v1/completions", "{\"model\":\"m\",\"prompt\":\"Once upon a time\"}"));

    assertThat(answer.get("object").textValue()).isEqualTo("text_completion");
    assertThat(answer.at("/choices/0/text").textValue()).contains("\"Once upon a time\"");
    assertThat(answer.at("/usage/prompt_tokens").intValue())
        .isEqualTo(O200K.countTokens("Once upon a time"));
  }

  @Test
  void embeds_text_as_numbers_or_base64() throws Exception {
    String input = "\"model\":\"m\",\"dimensions\":8,\"input\":[\"one two\",\"three\"]";
    JsonNode numbers = json(send("/v1/embeddings", "{" + input + "}"));
    JsonNode base64 =
        json(send("/v1/embeddings", "{\"encoding_format\":\"base64\"," + input + "}"));

    assertThat(numbers.get("data")).hasSize(2);
    assertThat(numbers.at("/data/1/embedding")).hasSize(8);
    assertThat(numbers.at("/usage/prompt_tokens").intValue()).isEqualTo(3);
    byte[] bytes = Base64.getDecoder().decode(base64.at("/data/0/embedding").asText());
    float first = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat();
    assertThat(first).isEqualTo((float) numbers.at("/data/0/embedding/0").doubleValue());
  }

  @Test
  void lists_models() throws Exception {
    HttpResponse<String> models =
        client.send(request("/v1/models").GET().build(), BodyHandlers.ofString());

    assertThat(json(models).get("data")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json|",
        "[]|",
        "{} x|",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|model",
        "{\"model\":\"m\"}|messages",
        "{\"model\":\"m\",\"messages\":[{\"content\":\"x\"}]}|messages",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":5}]}|messages",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"n\":2}|n",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"max_tokens\":0}|max_tokens",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"stream\":\"yes\"}|stream",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"stream_options\":{}}|stream_options",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"stop\":[\"\"]}|stop",
      })
  void refuses_a_faulty_request_and_names_the_field(String body, String param) throws Exception {
    HttpResponse<String> refusal = chat(body);

    assertThat(refusal.statusCode()).isEqualTo(400);
    JsonNode error = json(refusal).get("error");
    assertThat(error.get("type").textValue()).isEqualTo("invalid_request_error");
    assertThat(error.get("param").textValue()).isEqualTo(param);
    assertThat(error.get("message").textValue()).isNotBlank();
  }

  @Test
  void refuses_what_it_does_not_serve() throws Exception {
    HttpResponse<String> unknown = send("/v1/unknown", "{}");
    HttpResponse<String> method =
        client.send(request("/v1/embeddings").GET().build(), BodyHandlers.ofString());
    HttpResponse<String> large = chat("{\"model\":\"" + "m".repeat(1 << 20) + "\"}");
    HttpResponse<String> orders = send("/v1/chat/completions", "{}", "x-demo-fault", "explode");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).at("/error/code").textValue()).isEqualTo("unknown_url");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(orders.statusCode()).isEqualTo(400);
    assertThat(json(orders).at("/error/message").textValue()).contains("break-after");
  }

  @Test
  void fails_with_the_ordered_status() throws Exception {
    HttpResponse<String> failed =
        send("/v1/chat/completions", "{" + WHO_ARE_YOU + "}", "x-demo-fault", "status=503");

    assertThat(failed.statusCode()).isEqualTo(503);
    assertThat(json(failed).at("/error/type").textValue()).isEqualTo("server_error");
  }

  @Test
  void leaves_out_usage_when_ordered() throws Exception {
    String body =
        "{\"stream\":true,\"stream_options\":{\"include_usage\":true}," + WHO_ARE_YOU + "}";
    HttpResponse<String> stream = send("/v1/chat/completions", body, "x-demo-fault", "no-usage");
    HttpResponse<String> document =
        send("/v1/chat/completions", "{" + WHO_ARE_YOU + "}", "x-demo-fault", "no-usage");

    assertThat(stream.body())
        .contains("\"finish_reason\":\"stop\"")
        .doesNotContain("prompt_tokens");
    assertThat(json(document).has("usage")).isFalse();
  }

  @Test
  void splits_an_answer_into_pieces_of_the_ordered_size() throws Exception {
    String pieces = untilClosed("x-demo-fault: split=7", "x-demo-tokens: 10");
    HttpResponse<String> whole =
        send("/v1/chat/completions", "{" + WHO_ARE_YOU + "}", "x-demo-fault", "split=7");

    assertThat(pieces).contains("\r\n7\r\ndata: {\r\n");
    assertThat(json(whole).at("/usage/completion_tokens").intValue()).isPositive();
  }

  @Test
  void breaks_off_after_the_ordered_tokens_and_writes_that_down() throws Exception {
    DemoLedger.Totals before = provider.ledger().totals();
    String answer = untilClosed("x-demo-fault: break-after=3", "x-demo-tokens: 10");

    assertThat(answer.split("\"content\":\" ", -1)).hasSize(1 + 3);
    assertThat(answer).doesNotContain("[DONE]").doesNotEndWith("0\r\n\r\n");
    DemoLedger.Totals after = provider.ledger().totals();
    assertThat(after.completionTokens() - before.completionTokens()).isEqualTo(3);
    assertThat(after.brokenAnswers() - before.brokenAnswers()).isEqualTo(1);
  }

  @Test
  void tells_of_each_answer_which_call_it_answered_and_what_it_wrote() throws Exception {
    String whole =
        "{\"stream\":true,\"stream_options\":{\"include_usage\":true}," + WHO_ARE_YOU + "}";
    send("/v1/chat/completions", whole, "x-demo-call", "a-stream", "x-demo-tokens", "7");
    send(
        "/v1/chat/completions",
        "{" + WHO_ARE_YOU + "}",
        "x-demo-call",
        "a-document",
        "x-demo-tokens",
        "5");
    untilClosed("x-demo-call: a-broken-one", "x-demo-fault: break-after=3", "x-demo-tokens: 10");

    assertThat(entryOf("a-stream").completionTokens()).isEqualTo(7);
    assertThat(entryOf("a-stream").whole()).isTrue();
    assertThat(entryOf("a-stream").toldUsage()).isTrue();
    assertThat(entryOf("a-document").completionTokens()).isEqualTo(5);
    assertThat(entryOf("a-document").promptTokens()).isPositive();
    assertThat(entryOf("a-broken-one").completionTokens()).isEqualTo(3);
    assertThat(entryOf("a-broken-one").whole()).isFalse();
    assertThat(entryOf("a-broken-one").toldUsage()).isFalse();
  }

  private static DemoLedger.Entry entryOf(String call) {
    return entries.stream().filter(entry -> call.equals(entry.call())).findFirst().orElseThrow();
  }

  @Test
  void writes_down_that_a_client_left() throws Exception {
    DemoProviderVerticle slow = deployed(new DemoConfig(Duration.ZERO, Duration.ofMillis(5)));
    try (Socket socket = connected(slow.port(), WHO_ARE_YOU, "x-demo-tokens: 20000")) {
      socket.getInputStream().readNBytes(1000);
    }

    while (slow.ledger().totals().brokenAnswers() == 0 && !Thread.interrupted()) {
      Thread.onSpinWait();
    }
    assertThat(slow.ledger().totals().brokenAnswers()).isEqualTo(1);
    assertThat(slow.ledger().totals().completionTokens()).isBetween(1L, 19_999L);
  }

  @Test
  void a_prompt_that_was_read_counts_though_nothing_came_of_it() throws Exception {
    untilClosed("x-demo-call: cut-before-its-head", "x-demo-fault: break-after=0");

    DemoLedger.Entry cut = entryOf("cut-before-its-head");
    assertThat(cut.promptTokens()).isPositive();
    assertThat(cut.completionTokens()).isZero();
    assertThat(cut.whole()).isFalse();
  }

  @Test
  void closes_the_connection_before_the_head_when_ordered() {
    assertThat(
            catchThrowable(
                () ->
                    send(
                        "/v1/chat/completions",
                        "{" + WHO_ARE_YOU + "}",
                        "x-demo-fault",
                        "break-after=0")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void stalls_until_the_client_gives_up() {
    HttpRequest request =
        request("/v1/chat/completions")
            .header("x-demo-fault", "stall-after=0")
            .timeout(Duration.ofMillis(300))
            .POST(BodyPublishers.ofString("{" + WHO_ARE_YOU + "}"))
            .build();

    assertThat(catchThrowable(() -> client.send(request, BodyHandlers.ofString())))
        .isInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void writes_every_token_into_the_ledger() throws Exception {
    DemoLedger.Totals before = provider.ledger().totals();
    JsonNode document = json(chat("{" + WHO_ARE_YOU + "}")).get("usage");
    List<JsonNode> stream =
        streamed(
            "{\"stream\":true,\"stream_options\":{\"include_usage\":true}," + WHO_ARE_YOU + "}");
    JsonNode usage = stream.getLast().get("usage");

    DemoLedger.Totals after = provider.ledger().totals();
    assertThat(after.answers() - before.answers()).isEqualTo(2);
    assertThat(after.promptTokens() - before.promptTokens())
        .isEqualTo(
            document.get("prompt_tokens").longValue() + usage.get("prompt_tokens").longValue());
    assertThat(after.completionTokens() - before.completionTokens())
        .isEqualTo(
            document.get("completion_tokens").longValue()
                + usage.get("completion_tokens").longValue());
  }

  @Test
  void keeps_the_configured_pace_between_tokens() throws Exception {
    DemoProviderVerticle slow =
        deployed(new DemoConfig(Duration.ofMillis(20), Duration.ofMillis(5)));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + slow.port() + "/v1/chat/completions"))
            .header("x-demo-tokens", "20")
            .POST(BodyPublishers.ofString("{\"stream\":true," + WHO_ARE_YOU + "}"))
            .build();

    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

    assertThat(answer.body()).endsWith("data: [DONE]\n\n");
    assertThat(slow.ledger().totals().completionTokens()).isEqualTo(20);
  }

  @Test
  void writes_no_faster_than_the_client_reads_and_serves_others_meanwhile() throws Exception {
    DemoProviderVerticle fresh = deployed(new DemoConfig(Duration.ZERO, Duration.ZERO));
    int moreThanTheSystemBuffers = 20_000;
    try (Socket reader = connected(fresh.port(), LONG_MODEL, "x-demo-tokens: 20000")) {
      reader.getInputStream().readNBytes(1000);
      JsonNode other = json(sendTo(fresh.port(), "/v1/chat/completions", "{" + WHO_ARE_YOU + "}"));
      long written = fresh.ledger().totals().completionTokens();

      assertThat(other.get("choices")).hasSize(1);
      assertThat(written).isLessThan(moreThanTheSystemBuffers);
      byte[] rest = reader.getInputStream().readAllBytes();
      assertThat(new String(rest, StandardCharsets.UTF_8)).contains("data: [DONE]");
    }
    assertThat(fresh.ledger().totals().completionTokens()).isGreaterThan(moreThanTheSystemBuffers);
    assertThat(fresh.ledger().totals().brokenAnswers()).isZero();
  }

  /** Everything that comes on a connection until the provider closes it. */
  private static String untilClosed(String... headers) throws IOException {
    try (Socket socket = connected(provider.port(), WHO_ARE_YOU, headers)) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A connection on which a streamed answer has been asked for, the last one of it. */
  private static Socket connected(int port, String members, String... headers) throws IOException {
    String body = "{\"stream\":true," + members + "}";
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    String head =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + ("Content-Length: " + length + "\r\n")
            + String.join("\r\n", headers)
            + "\r\n\r\n";
    Socket socket = new Socket("127.0.0.1", port);
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static HttpRequest.Builder request(String path) {
    return requestTo(provider.port(), path);
  }

  private static HttpRequest.Builder requestTo(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30));
  }

  private static HttpResponse<String> chat(String body) throws Exception {
    return send("/v1/chat/completions", body);
  }

  private static HttpResponse<String> send(String path, String body, String... headers)
      throws Exception {
    return sendTo(provider.port(), path, body, headers);
  }

  private static HttpResponse<String> sendTo(int port, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request = requestTo(port, path).POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  private static List<JsonNode> streamed(String body) throws Exception {
    HttpResponse<String> response = chat(body);
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(response.body()).endsWith("data: [DONE]\n\n");
    List<JsonNode> chunks = new ArrayList<>();
    for (String event : response.body().split("\n\n")) {
      if (!event.endsWith("[DONE]")) {
        chunks.add(JSON.readTree(event.substring("data: ".length())));
      }
    }
    return chunks;
  }

  private static String streamedText(List<JsonNode> chunks) {
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(deltaText(chunk)));
    return text.toString();
  }

  private static String deltaText(JsonNode chunk) {
    return chunk.at("/choices/0/delta/content").asText("");
  }
}
