package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.tollgate.proxy.encoding.Encoded;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams as providers of all kinds send them, ended where their rule leaves no more. */
class StoppedAnswersTest {
  /** By gpt-4o's vocabulary, with the question of {@link Gateway#streamedChat}. */
  private static final long PROMPT_TOKENS = 11;

  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(Given.with(route("chat", upstream("p")), null, Given.stopping())),
                    null));
    stopAtOutput(5);
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private void stopAtOutput(long tokens) {
    gateway.services.admission =
        request ->
            Future.succeededFuture(
                FakeServices.admitted(FakeServices.stopping(Count.OUTPUT, tokens)));
  }

  private static String chunk(int choice, String text, String finish) {
    return """
        data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-4o",\
        "choices":[{"index":%d,"delta":{"content":"%s"},"finish_reason":%s}]}

        """
        .formatted(choice, text, finish);
  }

  /** One word after another, without an end. */
  private static String words(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(chunk(0, " word", "null"));
    }
    return text.toString();
  }

  @Test
  void closes_each_choice_that_is_open_and_no_other() throws Exception {
    gateway.provider.answer =
        request ->
            stream(request)
                .write(
                    chunk(0, "one two", "null")
                        + chunk(1, "one", "\"stop\"")
                        + chunk(2, " two three four", "null")
                        + words(5));

    List<JsonObject> events = events(ask(Gateway.streamedChat("gpt-4o")).body());

    List<JsonObject> last = events.subList(events.size() - 2, events.size());
    assertThat(last)
        .allSatisfy(
            event -> {
              assertThat(event.getString("id")).isEqualTo("c1");
              assertThat(event.getLong("created")).isEqualTo(7);
              assertThat(event.getString("model")).isEqualTo("gpt-4o");
              assertThat(choice(event).getString("finish_reason")).isEqualTo("length");
              assertThat(choice(event).getJsonObject("delta")).isEmpty();
            });
    assertThat(last).extracting(event -> choice(event).getInteger("index")).containsExactly(0, 2);
  }

  @Test
  void tells_the_provider_to_stop_and_bills_what_has_come() throws Exception {
    gateway.provider.answer = request -> stream(request).write(words(30));

    String body = ask(Gateway.streamedChat("gpt-4o")).body();

    assertThat(body).startsWith(words(4)).endsWith("data: [DONE]\n\n");
    long passed = body.split(" word", -1).length - 1L;
    assertThat(gateway.provider.cancelled.poll(10, TimeUnit.SECONDS)).isNotNull();
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(settled.estimated()).isTrue();
    assertThat(settled.usage().promptTokens()).isEqualTo(PROMPT_TOKENS);
    assertThat(settled.usage().completionTokens()).isEqualTo(passed).isBetween(4L, 8L);
  }

  @Test
  void believes_a_provider_that_reports_usage_as_it_goes() throws Exception {
    String usage = ",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8}}";
    String reporting = chunk(0, "a", "null").replace("]}\n\n", "]" + usage + "\n\n");
    gateway.provider.answer = request -> stream(request).write(reporting + words(1));

    assertThat(ask(Gateway.streamedChat("gpt-4o")).body()).startsWith(reporting + "data: {\"id\"");

    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.outcome()).isEqualTo(Outcome.STOPPED);
    assertThat(settled.estimated()).isFalse();
    assertThat(settled.usage().billableTokens()).isEqualTo(8);
  }

  @Test
  void decodes_a_stream_that_comes_compressed() throws Exception {
    for (Encoded encoded : List.of(Encoded.GZIP, Encoded.BROTLI)) {
      Buffer body = encoded.of(words(40) + "data: [DONE]\n\n");
      gateway.provider.answer =
          request -> stream(request).putHeader("content-encoding", encoded.header()).end(body);

      HttpResponse<String> answer =
          gateway.send(
              gateway
                  .post("/v1/chat/completions", Gateway.streamedChat("gpt-4o"))
                  .header("accept-encoding", "gzip, br"));

      assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
      assertThat(answer.body())
          .startsWith(words(4))
          .contains("\"finish_reason\":\"length\"")
          .endsWith("data: [DONE]\n\n");
    }
  }

  @Test
  void keeps_the_order_for_a_client_that_reads_slowly() throws Exception {
    stopAtOutput(4000);
    gateway.provider.answer = request -> stream(request).write(words(6000));

    String body;
    try (RawClient client = new RawClient(gateway.port())) {
      String request = Gateway.streamedChat("gpt-4o");
      client.write(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-api-key: ann-key\r\n"
              + "content-length: "
              + request.length()
              + "\r\n\r\n"
              + request);
      Gateway.eventually("the stream was ended", () -> !gateway.services.limiterSettled.isEmpty());
      body = client.readUntil("data: [DONE]");
    }

    int words = body.split(" word", -1).length - 1;
    // Text that is counted in parts may have a token more.
    assertThat(gateway.services.limiterSettled.getFirst().usage().completionTokens())
        .isBetween((long) words, words + 2L);
    assertThat(body.indexOf("\"finish_reason\":\"length\""))
        .isGreaterThan(body.lastIndexOf(" word"));
  }

  @Test
  void closes_a_call_of_a_tool_as_anthropic_does() throws Exception {
    gateway.provider.answer =
        request ->
            stream(request)
                .write(
                    """
                    event: message_start
                    data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"claude","stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}

                    event: content_block_start
                    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                    event: content_block_stop
                    data: {"type":"content_block_stop","index":0}

                    event: content_block_start
                    data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"look","input":{}}}

                    event: content_block_delta
                    data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"one\\": \\"two three four five six"}}

                    """);

    String body =
        gateway
            .send(
                gateway.post(
                    "/v1/messages",
                    "{\"model\":\"claude\",\"max_tokens\":99,\"stream\":true,\"messages\":[]}"))
            .body();

    List<JsonObject> events = events(body);
    List<JsonObject> last = events.subList(events.size() - 3, events.size());
    assertThat(last)
        .extracting(event -> event.getString("type"))
        .containsExactly("content_block_stop", "message_delta", "message_stop");
    assertThat(last.getFirst().getInteger("index")).isEqualTo(1);
    assertThat(last.get(1).getJsonObject("delta").getString("stop_reason")).isEqualTo("max_tokens");
    UsageEvent settled = Gateway.first(gateway.services.limiterSettled);
    assertThat(settled.usage().promptTokens()).isEqualTo(25);
    assertThat(last.get(1).getJsonObject("usage").getLong("output_tokens"))
        .isEqualTo(settled.usage().completionTokens());
  }

  @Test
  void closes_a_call_of_a_function_in_a_response() throws Exception {
    gateway.provider.answer =
        request ->
            stream(request)
                .write(
                    """
                    event: response.created
                    data: {"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response","status":"in_progress","model":"gpt-4o","output":[]}}

                    event: response.output_item.added
                    data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"f","type":"function_call","status":"in_progress","call_id":"c","name":"look","arguments":""}}

                    event: response.function_call_arguments.delta
                    data: {"type":"response.function_call_arguments.delta","sequence_number":2,"item_id":"f","output_index":0,"delta":"{\\"one\\": \\"two three four five"}

                    """);

    String body =
        gateway
            .send(
                gateway.post(
                    "/v1/responses", "{\"model\":\"gpt-4o\",\"stream\":true,\"input\":\"x\"}"))
            .body();

    List<JsonObject> last = events(body);
    last = last.subList(3, last.size());
    assertThat(last)
        .extracting(event -> event.getString("type"))
        .containsExactly(
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.incomplete");
    assertThat(last)
        .extracting(event -> event.getInteger("sequence_number"))
        .containsExactly(3, 4, 5);
    JsonObject response = last.getLast().getJsonObject("response");
    assertThat(response.getString("status")).isEqualTo("incomplete");
    JsonObject call = response.getJsonArray("output").getJsonObject(0);
    assertThat(call.getString("arguments")).isEqualTo("{\"one\": \"two three four five");
    assertThat(call.getString("status")).isEqualTo("incomplete");
  }

  @Test
  void lets_a_protocol_pass_that_it_cannot_end() throws Exception {
    String events =
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""
            + "word ".repeat(50)
            + "\"}]}}]}\n\n";
    gateway.provider.answer = request -> stream(request).end(events);

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/models/gemini:streamGenerateContent", "{}"));

    assertThat(answer.body()).isEqualTo(events);
  }

  private HttpResponse<String> ask(String body) throws Exception {
    return gateway.send(gateway.post("/v1/chat/completions", body));
  }

  private static JsonObject choice(JsonObject event) {
    return event.getJsonArray("choices").getJsonObject(0);
  }

  /** The data of all events but {@code [DONE]}. */
  private static List<JsonObject> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> new JsonObject(line.substring("data: ".length())))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static HttpServerResponse stream(HttpServerRequest request) {
    return request.response().setChunked(true).putHeader("content-type", "text/event-stream");
  }
}
