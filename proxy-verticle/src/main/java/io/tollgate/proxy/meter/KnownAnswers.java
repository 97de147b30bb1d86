package io.tollgate.proxy.meter;

import java.util.List;

/**
 * Where each protocol that is served puts what matters, all in one tree: their paths do not clash.
 * Of a top-level array only Gemini's chunks are known.
 */
final class KnownAnswers {
  /** The top of a document, an event or a line. */
  static final AnswerShape ROOT = new AnswerShape();

  /** More than the longest path below. */
  static final int MAX_DEPTH = 12;

  static {
    for (String answer : List.of("", "response.", "message.")) {
      ROOT.at(answer + "model", AnswerField.MODEL);
      input(answer + "usage.");
      output(answer + "usage.");
    }
    chat();
    dashScope();
    messages();
    responses();
    ollama();
    gemini("");
    gemini("[].");
  }

  private KnownAnswers() {}

  private static void input(String usage) {
    ROOT.at(usage + "prompt_tokens", AnswerField.PROMPT_TOKENS)
        .at(usage + "input_tokens", AnswerField.INPUT_TOKENS)
        .at(usage + "cache_creation_input_tokens", AnswerField.CACHE_CREATION_TOKENS)
        .at(usage + "cache_read_input_tokens", AnswerField.CACHE_READ_TOKENS)
        .at(usage + "prompt_cache_hit_tokens", AnswerField.CACHED_TOKENS)
        .at(usage + "total_tokens", AnswerField.TOTAL_TOKENS);
    for (String name : List.of("prompt_tokens", "input_tokens", "input_token")) {
      String details = usage + name + "_details.";
      ROOT.at(details + "cached_tokens", AnswerField.CACHED_TOKENS)
          .at(details + "cache_creation_input_tokens", AnswerField.CACHE_WRITTEN_TOKENS)
          .at(details + "audio_tokens", AnswerField.AUDIO_INPUT_TOKENS);
    }
  }

  private static void output(String usage) {
    ROOT.at(usage + "completion_tokens", AnswerField.COMPLETION_TOKENS);
    for (String name : List.of("completion_tokens", "output_tokens", "output_token")) {
      String details = usage + name + "_details.";
      ROOT.at(details + "reasoning_tokens", AnswerField.REASONING_TOKENS)
          .at(details + "audio_tokens", AnswerField.AUDIO_OUTPUT_TOKENS);
    }
  }

  private static void chat() {
    ROOT.at("usage", AnswerField.USAGE)
        .at("choices", AnswerField.CHOICES)
        .at("choices[]", AnswerField.CHOICE)
        .at("choices[].index", AnswerField.CHOICE_INDEX)
        .at("choices[].finish_reason", AnswerField.FINISH_REASON)
        .at("choices[].text", AnswerField.TEXT);
    message("choices[].delta.");
    message("choices[].message.");
  }

  private static void message(String message) {
    ROOT.at(message + "content", AnswerField.TEXT)
        .at(message + "content[].text", AnswerField.TEXT)
        .at(message + "refusal", AnswerField.TEXT)
        .at(message + "reasoning_content", AnswerField.REASONING_TEXT)
        .at(message + "reasoning", AnswerField.REASONING_TEXT)
        .at(message + "function_call.arguments", AnswerField.TEXT)
        .at(message + "tool_calls[].function.name", AnswerField.TEXT)
        .at(message + "tool_calls[].function.arguments", AnswerField.TEXT);
  }

  /** DashScope's own protocol; each event reports the usage up to then. */
  private static void dashScope() {
    ROOT.at("output.text", AnswerField.TEXT)
        .at("output.finish_reason", AnswerField.LAST_FINISH_REASON)
        .at("output.choices[].finish_reason", AnswerField.LAST_FINISH_REASON);
    message("output.choices[].message.");
  }

  private static void messages() {
    ROOT.at("type", AnswerField.EVENT_TYPE)
        // Not of a stream's message_start, whose output tokens are those before the answer's.
        .at("usage.output_tokens", AnswerField.COMPLETION_TOKENS)
        .at("stop_reason", AnswerField.FINISH_REASON)
        .at("content[].text", AnswerField.TEXT)
        .at("content[].thinking", AnswerField.REASONING_TEXT)
        .at("delta.stop_reason", AnswerField.FINISH_REASON)
        .at("delta.text", AnswerField.TEXT)
        .at("delta.partial_json", AnswerField.TEXT)
        .at("delta.thinking", AnswerField.REASONING_TEXT);
  }

  /** The closing event repeats the whole text below {@code response}: only the deltas count. */
  private static void responses() {
    ROOT.at("response.usage.output_tokens", AnswerField.COMPLETION_TOKENS)
        .at("status", AnswerField.FINISH_REASON)
        .at("response.status", AnswerField.FINISH_REASON)
        .at("delta", AnswerField.TEXT)
        .at("output[].content[].text", AnswerField.TEXT)
        .at("output[].arguments", AnswerField.TEXT);
  }

  /** Documents, one a line when streamed; the last one has the numbers. */
  private static void ollama() {
    ROOT.at("done", AnswerField.DONE)
        .at("done_reason", AnswerField.FINISH_REASON)
        .at("prompt_eval_count", AnswerField.PROMPT_TOKENS)
        .at("prompt_eval_cached_count", AnswerField.CACHED_TOKENS)
        .at("eval_count", AnswerField.COMPLETION_TOKENS)
        .at("response", AnswerField.TEXT)
        .at("thinking", AnswerField.REASONING_TEXT)
        .at("message.content", AnswerField.TEXT)
        .at("message.thinking", AnswerField.REASONING_TEXT);
  }

  /** Four numbers that do not overlap, and modalities in lists. */
  private static void gemini(String chunk) {
    String usage = chunk + "usageMetadata.";
    ROOT.at(chunk + "modelVersion", AnswerField.MODEL)
        .at(chunk + "candidates[].finishReason", AnswerField.LAST_FINISH_REASON)
        .at(chunk + "candidates[].content.parts[].text", AnswerField.TEXT)
        .at(usage + "promptTokenCount", AnswerField.PROMPT_TOKENS)
        .at(usage + "toolUsePromptTokenCount", AnswerField.TOOL_PROMPT_TOKENS)
        .at(usage + "cachedContentTokenCount", AnswerField.CACHED_TOKENS)
        .at(usage + "candidatesTokenCount", AnswerField.CANDIDATES_TOKENS)
        .at(usage + "thoughtsTokenCount", AnswerField.THOUGHTS_TOKENS)
        .at(usage + "totalTokenCount", AnswerField.TOTAL_TOKENS)
        .at(usage + "promptTokensDetails[]", AnswerField.INPUT_PART)
        .at(usage + "candidatesTokensDetails[]", AnswerField.OUTPUT_PART);
    for (String part : List.of("promptTokensDetails[].", "candidatesTokensDetails[].")) {
      ROOT.at(usage + part + "modality", AnswerField.PART_MODALITY)
          .at(usage + part + "tokenCount", AnswerField.PART_TOKENS);
    }
  }
}
