package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.proxy.demo.DemoCall.Generation;
import io.tollgate.proxy.demo.DemoCall.Prompt;
import java.util.ArrayList;
import java.util.List;

/** Reads the requests that ask for text. */
final class GenerationReader {
  private static final int MAX_STOPS = 4;

  private final CallFields fields;

  private GenerationReader(CallFields fields) {
    this.fields = fields;
  }

  static Generation chat(CallFields fields) {
    Conversation conversation = Conversation.read(fields);
    return new GenerationReader(fields)
        .read(AnswerFormat.CHAT, conversation.prompt(), conversation.question());
  }

  static Generation completion(CallFields fields) {
    Inputs inputs = Inputs.read(fields, "prompt");
    if (inputs.values().size() > 1) {
      fields.refuse("prompt", "prompt: the simulated provider answers one prompt at a time");
    }
    String question = inputs.values().isEmpty() ? "" : inputs.values().getFirst();
    return new GenerationReader(fields).read(AnswerFormat.COMPLETION, inputs.prompt(), question);
  }

  private Generation read(AnswerFormat format, Prompt prompt, String question) {
    fields.integer("n", 1, 1);
    int maxTokens =
        Math.min(
            fields.integer("max_tokens", Integer.MAX_VALUE, Integer.MAX_VALUE),
            fields.integer("max_completion_tokens", Integer.MAX_VALUE, Integer.MAX_VALUE));
    boolean stream = fields.flag("stream", fields.get("stream"));
    return new Generation(
        format, fields.model(), prompt, question, stream, includeUsage(stream), maxTokens, stops());
  }

  private boolean includeUsage(boolean stream) {
    JsonNode options = fields.get("stream_options");
    if (CallFields.absent(options)) {
      return false;
    }
    if (!options.isObject()) {
      fields.refuse("stream_options", options, "an object");
    }
    if (!stream) {
      fields.refuse(
          "stream_options",
          "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
    }
    return fields.flag("stream_options.include_usage", options.path("include_usage"));
  }

  private List<String> stops() {
    JsonNode stop = fields.get("stop");
    List<String> stops = new ArrayList<>();
    if (stop.isTextual()) {
      stops.add(stop.textValue());
    }
    stop.forEach(one -> stops.add(one.isTextual() ? one.textValue() : ""));
    boolean wrongKind = !CallFields.absent(stop) && !stop.isTextual() && !stop.isArray();
    if (wrongKind || stops.size() > MAX_STOPS || stops.contains("")) {
      fields.refuse("stop", stop, "a string or up to " + MAX_STOPS + " of them, none empty");
    }
    return stops;
  }
}
