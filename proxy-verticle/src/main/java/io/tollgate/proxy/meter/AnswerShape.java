package io.tollgate.proxy.meter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in an answer's JSON and the places below it that matter. The tree of them holds the
 * shapes of every protocol that is served at once; their paths do not clash. Complete after class
 * initialization and not changed any more.
 */
final class AnswerShape {
  /** The top of a document or event. */
  static final AnswerShape ROOT = new AnswerShape();

  /** More than the longest path below. */
  static final int MAX_DEPTH = 12;

  static {
    ROOT.at("type", AnswerField.EVENT_TYPE);
    for (String answer : List.of("", "response.", "message.")) {
      ROOT.at(answer + "model", AnswerField.MODEL);
      usage(answer + "usage.");
    }
    ROOT.at("usage", AnswerField.USAGE);
    // A stream's message_start reports the output tokens written before it began, not the answer's.
    ROOT.at("usage.output_tokens", AnswerField.COMPLETION_TOKENS);
    ROOT.at("response.usage.output_tokens", AnswerField.COMPLETION_TOKENS);
    chat();
    messages();
    responses();
  }

  private byte[][] names = {};
  private AnswerShape[] members = {};
  private @Nullable AnswerShape element;
  private @Nullable AnswerField field;

  private AnswerShape() {}

  private static void usage(String usage) {
    ROOT.at(usage + "prompt_tokens", AnswerField.PROMPT_TOKENS);
    ROOT.at(usage + "input_tokens", AnswerField.INPUT_TOKENS);
    ROOT.at(usage + "cache_creation_input_tokens", AnswerField.CACHE_CREATION_TOKENS);
    ROOT.at(usage + "cache_read_input_tokens", AnswerField.CACHE_READ_TOKENS);
    ROOT.at(usage + "prompt_tokens_details.cached_tokens", AnswerField.CACHED_TOKENS);
    ROOT.at(usage + "input_tokens_details.cached_tokens", AnswerField.CACHED_TOKENS);
    ROOT.at(usage + "prompt_cache_hit_tokens", AnswerField.CACHED_TOKENS);
    ROOT.at(usage + "completion_tokens", AnswerField.COMPLETION_TOKENS);
    ROOT.at(usage + "completion_tokens_details.reasoning_tokens", AnswerField.REASONING_TOKENS);
    ROOT.at(usage + "output_tokens_details.reasoning_tokens", AnswerField.REASONING_TOKENS);
    ROOT.at(usage + "total_tokens", AnswerField.TOTAL_TOKENS);
  }

  private static void chat() {
    ROOT.at("choices", AnswerField.CHOICES);
    ROOT.at("choices[]", AnswerField.CHOICE);
    ROOT.at("choices[].finish_reason", AnswerField.FINISH_REASON);
    ROOT.at("choices[].text", AnswerField.TEXT);
    for (String message : List.of("choices[].delta.", "choices[].message.")) {
      ROOT.at(message + "content", AnswerField.TEXT);
      ROOT.at(message + "content[].text", AnswerField.TEXT);
      ROOT.at(message + "refusal", AnswerField.TEXT);
      ROOT.at(message + "reasoning_content", AnswerField.REASONING_TEXT);
      ROOT.at(message + "reasoning", AnswerField.REASONING_TEXT);
      ROOT.at(message + "function_call.arguments", AnswerField.TEXT);
      ROOT.at(message + "tool_calls[].function.name", AnswerField.TEXT);
      ROOT.at(message + "tool_calls[].function.arguments", AnswerField.TEXT);
    }
  }

  private static void messages() {
    ROOT.at("stop_reason", AnswerField.FINISH_REASON);
    ROOT.at("content[].text", AnswerField.TEXT);
    ROOT.at("content[].thinking", AnswerField.REASONING_TEXT);
    ROOT.at("delta.stop_reason", AnswerField.FINISH_REASON);
    ROOT.at("delta.text", AnswerField.TEXT);
    ROOT.at("delta.partial_json", AnswerField.TEXT);
    ROOT.at("delta.thinking", AnswerField.REASONING_TEXT);
  }

  /** The closing event repeats the whole text below {@code response}: only the deltas count. */
  private static void responses() {
    ROOT.at("status", AnswerField.FINISH_REASON);
    ROOT.at("response.status", AnswerField.FINISH_REASON);
    ROOT.at("delta", AnswerField.TEXT);
    ROOT.at("output[].content[].text", AnswerField.TEXT);
    ROOT.at("output[].arguments", AnswerField.TEXT);
  }

  private void at(String path, AnswerField meaning) {
    AnswerShape place = this;
    for (String step : path.replace("[]", ".[]").split("\\.")) {
      place = step.equals("[]") ? place.elementToBe() : place.memberToBe(step);
    }
    place.field = meaning;
  }

  private AnswerShape elementToBe() {
    if (element == null) {
      element = new AnswerShape();
    }
    return element;
  }

  private AnswerShape memberToBe(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    AnswerShape known = member(bytes, 0, bytes.length);
    if (known != null) {
      return known;
    }
    AnswerShape added = new AnswerShape();
    names = Arrays.copyOf(names, names.length + 1);
    names[names.length - 1] = bytes;
    members = Arrays.copyOf(members, members.length + 1);
    members[members.length - 1] = added;
    return added;
  }

  /** The place of a member by the bytes of its name; null when it does not matter. */
  @Nullable AnswerShape member(byte[] bytes, int from, int to) {
    for (int i = 0; i < names.length; i++) {
      byte[] name = names[i];
      if (name.length == to - from && Arrays.equals(name, 0, name.length, bytes, from, to)) {
        return members[i];
      }
    }
    return null;
  }

  /** The place of an array's elements; null when they do not matter. */
  @Nullable AnswerShape element() {
    return element;
  }

  boolean hasMembers() {
    return members.length > 0;
  }

  /** What the value here means; null when only something below it matters. */
  @Nullable AnswerField field() {
    return field;
  }
}
