package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two official SDKs with their usual retries against a whole gateway. How often they have asked is
 * read from the gateway's decision log.
 */
class SdkRetriesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path directory;

  private static Node node;
  private static int port;
  private static OpenAIClient openAi;
  private static AnthropicClient anthropic;

  @BeforeAll
  static void start() throws Exception {
    port = FreePorts.next();
    String yaml =
        """
        node: { data_dir: "%s" }
        proxy: { http: { host: 127.0.0.1, port: %d } }
        admin: { host: 127.0.0.1, port: %d, token: some-token }
        log: { decisions: "%s" }
        providers: [ { name: simulated, type: demo, demo: { first_token: 0s, interval: 0s } } ]
        consumers:
        - { name: openai, keys: [key-of-openai] }
        - { name: anthropic, keys: [key-of-anthropic] }
        - { name: admin, keys: [key-of-admin] }
        routes:
        - name: limited
          path_prefix: /v1
          models: [limited]
          upstreams: [simulated]
          auth: { in_header: [x-api-key, authorization], allow: [openai, anthropic] }
          ai-token-ratelimit:
            rule_name: short
            rule_items:
            - limit_by_per_consumer: ''
              limit_keys: [ { key: "*", windows: [ { tokens: 5, per: 4s } ] } ]
        - name: metered
          path_prefix: /v1
          models: [metered]
          upstreams: [simulated]
          auth: { in_header: [x-api-key, authorization], allow: [openai, anthropic, admin] }
          ai-quota: { admin_consumer: admin }
        """
            .formatted(
                directory.resolve("data"),
                port,
                FreePorts.next(),
                directory.resolve("decisions.log"));
    ConfigResult result = Configuration.read(ConfigFile.parse("test", yaml), Map.of(), false);
    assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Valid.class);
    node = Node.start(Starts.of(((ConfigResult.Valid) result).config()), NodeRoles.ALONE);
    String url = "http://127.0.0.1:" + port;
    openAi = OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey("key-of-openai").build();
    anthropic = AnthropicOkHttpClient.builder().baseUrl(url).apiKey("key-of-anthropic").build();
  }

  @AfterAll
  static void end() {
    openAi.close();
    anthropic.close();
    node.close();
  }

  @Test
  void openai_retries_a_spent_limit_once_and_then_passes() throws Exception {
    askOpenAi("limited");

    ChatCompletion answer = askOpenAi("limited");

    assertThat(answer.choices()).isNotEmpty();
    assertAsked("openai", "limited", "passed", "rate_limit_exceeded", "passed");
  }

  @Test
  void anthropic_retries_a_spent_limit_once_and_then_passes() throws Exception {
    askAnthropic("limited");

    Message answer = askAnthropic("limited");

    assertThat(answer.content()).isNotEmpty();
    assertAsked("anthropic", "limited", "passed", "rate_limit_exceeded", "passed");
  }

  @Test
  void openai_does_not_retry_a_spent_quota() throws Exception {
    com.openai.errors.PermissionDeniedException refusal =
        catchThrowableOfType(
            com.openai.errors.PermissionDeniedException.class, () -> askOpenAi("metered"));

    assertThat(refusal.code()).contains("insufficient_quota");
    assertAsked("openai", "metered", "insufficient_quota");
  }

  @Test
  void anthropic_does_not_retry_a_spent_quota() throws Exception {
    com.anthropic.errors.PermissionDeniedException refusal =
        catchThrowableOfType(
            com.anthropic.errors.PermissionDeniedException.class, () -> askAnthropic("metered"));

    assertThat(refusal).hasMessageContaining("No quota left");
    assertAsked("anthropic", "metered", "insufficient_quota");
  }

  private static ChatCompletion askOpenAi(String model) {
    return openAi
        .chat()
        .completions()
        .create(
            ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage("who are you?")
                .build());
  }

  private static Message askAnthropic(String model) {
    return anthropic
        .messages()
        .create(
            MessageCreateParams.builder()
                .model(model)
                .maxTokens(100)
                .addUserMessage("who are you?")
                .build());
  }

  /** The verdicts on all requests of a consumer for a model, in their order. */
  private static void assertAsked(String consumer, String model, String... verdicts)
      throws Exception {
    Eventually.that(() -> assertThat(verdicts(consumer, model)).containsExactly(verdicts));
  }

  private static List<String> verdicts(String consumer, String model) throws IOException {
    return Files.readAllLines(directory.resolve("decisions.log")).stream()
        .map(SdkRetriesIT::line)
        .filter(line -> line.path("consumer").asText().equals(consumer))
        .filter(line -> line.path("model").asText().equals(model))
        .map(line -> line.path("verdict").asText())
        .toList();
  }

  private static JsonNode line(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException unreadable) {
      throw new AssertionError(line, unreadable);
    }
  }
}
