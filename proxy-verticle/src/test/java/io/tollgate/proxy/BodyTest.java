package io.tollgate.proxy;

import static io.tollgate.proxy.Given.provider;
import static io.tollgate.proxy.Given.route;
import static io.tollgate.proxy.Given.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ProviderType;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BodyTest {
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway =
        Gateway.start(
            provider ->
                Given.config(
                    List.of(provider("p", ProviderType.OPENAI, provider.baseUrl())),
                    List.of(
                        route(
                            "chat", upstream("p", Map.of("gpt-*", "qwen-max", "exact", "other")))),
                    null));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void passes_a_body_on_byte_by_byte() throws Exception {
    String body =
        """
        { "unknown" : [1.0, {"deep": null}], "model":"m" ,"messages":[{"role":"user",
          "content":"\\u4f60好 \\ud83d\\ude00"}], "seed": 1e400 }""";

    gateway.send(gateway.post("/v1/chat/completions", body));

    assertThat(gateway.provider.only().body().toString(StandardCharsets.UTF_8)).isEqualTo(body);
  }

  @Test
  void changes_nothing_but_a_mapped_model_and_the_usage_of_a_stream() throws Exception {
    gateway.send(
        gateway.post(
            "/v1/chat/completions", "{ \"model\" : \"gpt-4o\", \"stream\": true, \"x\": 1}"));

    assertThat(gateway.provider.only().body())
        .hasToString(
            "{\"stream_options\":{\"include_usage\":true}, \"model\" : \"qwen-max\","
                + " \"stream\": true, \"x\": 1}");
  }

  @Test
  void asks_for_the_usage_of_a_stream_only_where_that_is_understood() throws Exception {
    for (String path : List.of("/v1/responses", "/v1/messages", "/v1/embeddings")) {
      gateway.send(gateway.post(path, "{\"model\":\"m\",\"stream\":true}"));

      assertThat(gateway.provider.received.getLast().body())
          .hasToString("{\"model\":\"m\",\"stream\":true}");
    }
    gateway.send(gateway.post("/v1/completions", "{\"model\":\"m\",\"stream\":true}"));
    assertThat(gateway.provider.received.getLast().body().toString()).contains("include_usage");
  }

  @Test
  void passes_on_a_body_that_is_no_json_where_none_is_expected() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/audio/transcriptions", "--boundary\r\nnot json"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(gateway.provider.only().body()).hasToString("--boundary\r\nnot json");
  }

  @Test
  void takes_a_body_that_is_as_large_as_allowed() throws Exception {
    String body = padded(Given.MAX_BODY_BYTES);

    assertThat(gateway.send(gateway.post("/v1/chat/completions", body)).statusCode())
        .isEqualTo(200);
    assertThat(gateway.provider.only().body().length()).isEqualTo(Given.MAX_BODY_BYTES);
  }

  @Test
  void refuses_a_body_that_says_it_is_too_large_before_it_comes() throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      client.write(
          """
          POST /v1/chat/completions HTTP/1.1\r
          host: x\r
          content-length: 99999999\r
          expect: 100-continue\r
          \r
          """);

      assertThat(client.readUntil("}}"))
          .startsWith("HTTP/1.1 413")
          .doesNotContain("100 Continue")
          .contains("\"code\":\"request_too_large\"");
    }
  }

  @Test
  void tells_a_client_that_asks_first_to_go_on() throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      client.write(
          """
          POST /v1/chat/completions HTTP/1.1\r
          host: x\r
          x-api-key: ann-key\r
          content-length: 13\r
          expect: 100-continue\r
          \r
          """);
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
      client.write("{\"model\":\"m\"}");

      assertThat(client.readUntil("}}")).contains("HTTP/1.1 200");
    }
  }

  @Test
  void refuses_a_chunked_body_when_it_has_grown_too_large() throws Exception {
    byte[] body = padded(Given.MAX_BODY_BYTES + 1).getBytes(StandardCharsets.UTF_8);

    HttpResponse<String> answer =
        gateway.send(
            gateway
                .request("/v1/chat/completions")
                .header("x-api-key", "ann-key")
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body))));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(new JsonObject(answer.body()).getJsonObject("error").getString("code"))
        .isEqualTo("request_too_large");
    assertThat(gateway.provider.received).isEmpty();
  }

  @Test
  void goes_on_with_the_connection_after_a_body_that_was_too_large() throws Exception {
    try (RawClient client = new RawClient(gateway.port())) {
      String large = "x".repeat(Given.MAX_BODY_BYTES + 10);
      client.write(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: "
              + large.length()
              + "\r\n\r\n"
              + large);
      assertThat(client.readUntil("}}")).startsWith("HTTP/1.1 413");

      client.write("GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n");
      assertThat(client.readUntil("}}")).startsWith("HTTP/1.1 404");
    }
  }

  @Test
  void refuses_more_parameters_than_anybody_needs() throws Exception {
    String query = "a=1&".repeat(300);

    HttpResponse<String> answer =
        gateway.send(gateway.post("/v1/chat/completions?" + query, Gateway.chat("m")));

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  private static String padded(int bytes) {
    String start = "{\"model\":\"m\",\"x\":\"";
    String end = "\"}";
    return start + "x".repeat(bytes - start.length() - end.length()) + end;
  }
}
