package io.tollgate.proxy.relay;

import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.proxy.meter.Metered;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers below {@code answers/} with what is to be found in them. */
public final class Recordings {
  /**
   * @param text of the whole answer
   * @param metered what a meter has to say of it
   */
  public record Recording(String file, String text, Metered metered) {
    public boolean isStream() {
      return file.endsWith(".sse");
    }

    public boolean isEmbedding() {
      return file.contains("embed");
    }

    public String contentType() {
      return isStream() ? "text/event-stream; charset=utf-8" : "application/json";
    }

    /** Without the events that carry nothing but usage. */
    public String withoutUsageEvents() {
      return text.replaceAll(
          "data: [^\\r\\n]*\"choices\":\\[],[^\\r\\n]*\"usage\":\\{[^\\r\\n]*(\\r\\n|\\n|\\r)\\1",
          "");
    }

    Recording with(String variant, String otherText) {
      return new Recording(variant + file, otherText, metered);
    }

    @Override
    public String toString() {
      return file;
    }
  }

  private Recordings() {}

  public static List<Recording> all() {
    return List.of(
        whole("openai-chat.json", usage(1117, 446, 1563, 1024L, 128L, null, 31L, 57L))
            .by("gpt-4o-audio-preview-2024-12-17", "stop"),
        whole("openai-chat.sse", usage(19, 10, 29, 0L, 7L, null, 0L, 0L))
            .by("gpt-4o-2024-08-06", "length"),
        whole("openai-completion.json", TokenUsage.of(5, 7)).by("gpt-3.5-turbo-instruct", "length"),
        whole("openai-completion.sse", TokenUsage.of(6, 2)).by("gpt-3.5-turbo-instruct", "stop"),
        whole("openai-embeddings.json", TokenUsage.of(8, 0)).by("text-embedding-3-small", null),
        whole("openai-responses.json", usage(328, 152, 480, 64L, 128L, null, null, null))
            .by("gpt-5-2025-08-07", "completed"),
        whole("openai-responses.sse", usage(37, 11, 48, 32L, 0L, null, null, null))
            .by("gpt-4o-2024-08-06", "completed"),
        whole("azure-chat.json", usage(25, 3, 28, 0L, 0L, null, 0L, 0L))
            .by("gpt-4o-2024-11-20", "stop"),
        whole("azure-chat.sse", usage(26, 3, 29, 0L, 0L, null, 0L, 0L))
            .by("gpt-4o-2024-11-20", "stop"),
        whole("dashscope-compatible.json", usage(3019, 104, 3123, 2048L, null, 512L, null, null))
            .by("qwen-max", "stop"),
        whole("dashscope-compatible.sse", usage(22, 17, 39, 0L, 9L, null, null, null))
            .by("qwen-max", "stop"),
        whole("dashscope-native.json", usage(22, 17, 39, 10L, 6L, null, null, null))
            .by(null, "stop"),
        whole("dashscope-native.sse", usage(22, 10, 32, 4L, null, null, null, null))
            .by(null, "stop"),
        whole("deepseek-chat.json", usage(1610, 330, 1940, 1536L, 320L, null, null, null))
            .by("deepseek-reasoner", "stop"),
        whole("deepseek-chat.sse", usage(170, 33, 203, 128L, 30L, null, null, null))
            .by("deepseek-reasoner", "stop"),
        whole("ark-chat.json", usage(88, 64, 152, 12L, 50L, null, null, null))
            .by("doubao-seed-1-6-250615", "stop"),
        whole("ark-chat.sse", usage(19, 9, 28, 0L, 0L, null, null, null))
            .by("doubao-seed-1-6-250615", "stop"),
        whole("anthropic-messages.json", usage(2073, 503, 2576, 1800L, null, 248L, null, null))
            .by("claude-sonnet-4-20250514", "tool_use"),
        whole("anthropic-messages.sse", usage(2786, 510, 3296, 100L, null, 7L, null, null))
            .by("claude-sonnet-4-20250514", "end_turn"),
        whole("gemini-generate.json", usage(4126, 425, 4551, 2048L, 405L, null, 96L, 8L))
            .by("gemini-2.5-flash", "STOP"),
        whole("gemini-stream.sse", usage(8, 53, 61, null, 48L, null, null, null))
            .by("gemini-2.5-pro", "STOP"),
        whole("gemini-stream.json", TokenUsage.of(9, 4)).by("gemini-2.0-flash", "MAX_TOKENS"),
        whole("ollama-chat.json", usage(11, 18, 29, 3L, null, null, null, null))
            .by("llama3.2", "stop"),
        whole("ollama-chat.ndjson", TokenUsage.of(26, 282)).by("llama3.2", "length"),
        whole("ollama-generate.ndjson", TokenUsage.of(27, 259)).by("gemma3", "stop"),
        whole("ollama-embed.json", new TokenUsage(8L, null, null, null, null, null, null, null))
            .by("all-minilm", null),
        whole("vllm-chat.json", TokenUsage.of(31, 3)).by("Qwen/Qwen2.5-7B-Instruct", "stop"),
        whole("vllm-continuous.sse", TokenUsage.of(31, 3)).by("Qwen/Qwen2.5-7B-Instruct", "stop"),
        new Recording(
            "odd.sse",
            read("odd.sse"),
            new Metered(TokenUsage.of(5, 6), false, "odd", "length", false)));
  }

  private record Whole(String file, TokenUsage usage) {
    Recording by(@Nullable String model, @Nullable String finishReason) {
      return new Recording(file, read(file), new Metered(usage, false, model, finishReason, true));
    }
  }

  private static Whole whole(String file, TokenUsage usage) {
    return new Whole(file, usage);
  }

  private static TokenUsage usage(
      long prompt,
      long completion,
      long total,
      @Nullable Long cached,
      @Nullable Long reasoning,
      @Nullable Long cacheCreation,
      @Nullable Long audioInput,
      @Nullable Long audioOutput) {
    return new TokenUsage(
        prompt, completion, total, cached, reasoning, cacheCreation, audioInput, audioOutput);
  }

  private static String read(String file) {
    try (InputStream in = Recordings.class.getResourceAsStream("/answers/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
