package io.tollgate.proxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.tollgate.contract.config.DemoConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The protocols beside chat and completions: OpenAI's responses and Anthropic's messages. */
@Timeout(60)
class DemoProtocolsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Encoding O200K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
  private static final String MESSAGES =
      "\"model\":\"m\",\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"你是谁\"}]";
  private static final String RESPONSES = "\"model\":\"m\",\"input\":\"Who are you?\"";

  private record Event(String name, JsonNode data) {}

  private final LinkedBlockingQueue<DemoLedger.Entry> entries = new LinkedBlockingQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private DemoProviderVerticle provider;

  @BeforeEach
  void deploy() throws Exception {
    provider = new DemoProviderVerticle(new DemoConfig(Duration.ZERO, Duration.ZERO), entries::add);
    vertx.deployVerticle(provider).await(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void answers_messages_with_the_tokens_of_its_text() throws Exception {
    JsonNode answer = JSON.readTree(send("/v1/messages", "{" + MESSAGES + "}").body());

    assertThat(answer.at("/type").textValue()).isEqualTo("message");
    assertThat(answer.at("/stop_reason").textValue()).isEqualTo("end_turn");
    String text = answer.at("/content/0/text").textValue();
    assertThat(text).contains("「你是谁」");
    assertUsage(answer.get("usage"), "user", "你是谁", text);
  }

  @Test
  void streams_messages_as_anthropic_does() throws Exception {
    List<Event> events = events(send("/v1/messages", "{\"stream\":true," + MESSAGES + "}"));

    assertThat(events.stream().map(Event::name).distinct())
        .containsExactly(
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(events).allMatch(event -> event.name.equals(event.data.get("type").textValue()));
    String text = text(events, "content_block_delta", "/delta/text");
    assertThat(text).contains("「你是谁」");
    JsonNode start = events.getFirst().data.at("/message/usage");
    JsonNode delta = events.get(events.size() - 2).data.get("usage");
    assertThat(start.get("input_tokens").intValue()).isEqualTo(promptTokens("user", "你是谁"));
    assertThat(delta.get("output_tokens").intValue()).isEqualTo(O200K.countTokens(text));
  }

  @Test
  void counts_the_system_prompt_of_messages_and_stops_where_it_is_told() throws Exception {
    String body =
        "{\"model\":\"m\",\"max_tokens\":500,\"system\":[{\"type\":\"text\",\"text\":\"Be brief\"}],"
            + "\"stop_sequences\":[\"simulated\"],\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"text\",\"text\":\"hello\"}]}]}";

    JsonNode answer = JSON.readTree(send("/v1/messages", body).body());

    assertThat(answer.at("/usage/input_tokens").intValue())
        .isEqualTo(promptTokens("user", "hello") + 3 + 1 + O200K.countTokens("Be brief"));
    assertThat(answer.at("/content/0/text").textValue()).endsWith("Tollgate's ");
  }

  @Test
  void answers_responses_with_the_tokens_of_its_text() throws Exception {
    JsonNode answer = JSON.readTree(send("/v1/responses", "{" + RESPONSES + "}").body());

    assertThat(answer.at("/object").textValue()).isEqualTo("response");
    assertThat(answer.at("/status").textValue()).isEqualTo("completed");
    String text = answer.at("/output/0/content/0/text").textValue();
    assertUsage(answer.get("usage"), "user", "Who are you?", text);
    assertThat(answer.at("/usage/total_tokens").intValue())
        .isEqualTo(
            answer.at("/usage/input_tokens").intValue()
                + answer.at("/usage/output_tokens").intValue());
  }

  @Test
  void streams_responses_as_openai_does() throws Exception {
    List<Event> events = events(send("/v1/responses", "{\"stream\":true," + RESPONSES + "}"));

    assertThat(events.stream().map(Event::name).distinct())
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).data.get("sequence_number").intValue()).isEqualTo(i);
    }
    String text = text(events, "response.output_text.delta", "/delta");
    JsonNode last = events.getLast().data.get("response");
    assertThat(last.at("/output/0/content/0/text").textValue()).isEqualTo(text);
    assertUsage(last.get("usage"), "user", "Who are you?", text);
  }

  @Test
  void says_that_a_response_was_capped() throws Exception {
    String body = "{\"max_output_tokens\":3,\"stream\":true," + RESPONSES + "}";

    JsonNode last = events(send("/v1/responses", body)).getLast().data;

    assertThat(last.get("type").textValue()).isEqualTo("response.incomplete");
    assertThat(last.at("/response/incomplete_details/reason").textValue())
        .isEqualTo("max_output_tokens");
    assertThat(last.at("/response/usage/output_tokens").intValue()).isEqualTo(3);
  }

  @Test
  void obeys_the_same_orders_and_keeps_the_same_books() throws Exception {
    send("/v1/responses", "{\"stream\":true," + RESPONSES + "}", "x-demo-tokens", "40");
    send("/v1/messages", "{" + MESSAGES + "}", "x-demo-tokens", "41");
    String silent =
        send("/v1/messages", "{\"stream\":true," + MESSAGES + "}", "x-demo-fault", "no-usage")
            .body();

    assertThat(entries.take())
        .returns(40, DemoLedger.Entry::completionTokens)
        .returns(true, DemoLedger.Entry::toldUsage);
    assertThat(entries.take()).returns(41, DemoLedger.Entry::completionTokens);
    assertThat(entries.take()).returns(false, DemoLedger.Entry::toldUsage);
    assertThat(silent).doesNotContain("usage").contains("message_stop");
    assertThat(
            catchIo("/v1/messages", "{\"stream\":true," + MESSAGES + "}", "break-after=5")
                .completionTokens())
        .isEqualTo(5);
  }

  @Test
  void refuses_messages_in_anthropics_words_and_responses_in_openais() throws Exception {
    JsonNode noCap =
        refused("/v1/messages", "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}");
    JsonNode noInput = refused("/v1/responses", "{\"model\":\"m\",\"input\":7}");
    JsonNode ordered =
        JSON.readTree(
            send("/v1/messages", "{" + MESSAGES + "}", "x-demo-fault", "status=529").body());

    assertThat(noCap.get("type").textValue()).isEqualTo("error");
    assertThat(noCap.at("/error/type").textValue()).isEqualTo("invalid_request_error");
    assertThat(noCap.at("/error/message").textValue()).contains("max_tokens").contains("nothing");
    assertThat(noInput.at("/error/param").textValue()).isEqualTo("input");
    assertThat(ordered.at("/error/type").textValue()).isEqualTo("overloaded_error");
  }

  private JsonNode refused(String path, String body) throws Exception {
    HttpResponse<String> response = send(path, body);
    assertThat(response.statusCode()).isEqualTo(400);
    return JSON.readTree(response.body());
  }

  private DemoLedger.Entry catchIo(String path, String body, String fault) throws Exception {
    try {
      send(path, body, "x-demo-fault", fault);
    } catch (IOException expected) {
      return entries.take();
    }
    throw new AssertionError("the stream did not break");
  }

  private static void assertUsage(JsonNode usage, String role, String question, String text) {
    assertThat(usage.get("input_tokens").intValue()).isEqualTo(promptTokens(role, question));
    assertThat(usage.get("output_tokens").intValue()).isEqualTo(O200K.countTokens(text));
  }

  private static int promptTokens(String role, String question) {
    return 3 + 3 + O200K.countTokens(role) + O200K.countTokens(question);
  }

  private static String text(List<Event> events, String name, String place) {
    StringBuilder text = new StringBuilder();
    for (Event event : events) {
      if (event.name.equals(name)) {
        text.append(event.data.at(place).textValue());
      }
    }
    return text.toString();
  }

  private static List<Event> events(HttpResponse<String> response) throws IOException {
    List<Event> events = new ArrayList<>();
    for (String event : response.body().split("\n\n")) {
      String[] lines = event.split("\n");
      events.add(
          new Event(
              lines[0].substring("event: ".length()),
              JSON.readTree(lines[1].substring("data: ".length()))));
    }
    return events;
  }

  private HttpResponse<String> send(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + provider.port() + path))
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
