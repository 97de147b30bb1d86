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
    Conversation conversation = Conversation.chat(fields);
    return new GenerationReader(fields)
        .choices(Protocol.CHAT, conversation.prompt(), conversation.question());
  }

  static Generation completion(CallFields fields) {
    Inputs inputs = Inputs.read(fields, "prompt");
    if (inputs.values().size() > 1) {
      fields.refuse("prompt", "prompt: the simulated provider answers one prompt at a time");
    }
    String question = inputs.values().isEmpty() ? "" : inputs.values().getFirst();
    return new GenerationReader(fields).choices(Protocol.COMPLETION, inputs.prompt(), question);
  }

  static Generation responses(CallFields fields) {
    return new GenerationReader(fields)
        .conversation(
            Protocol.RESPONSES,
            Conversation.responses(fields),
            fields.integer("max_output_tokens", Integer.MAX_VALUE, Integer.MAX_VALUE),
            List.of());
  }

  static Generation messages(CallFields fields) {
    if (CallFields.absent(fields.get("max_tokens"))) {
      fields.refuse("max_tokens", fields.get("max_tokens"), "an integer");
    }
    GenerationReader reader = new GenerationReader(fields);
    return reader.conversation(
        Protocol.MESSAGES,
        Conversation.messages(fields),
        fields.integer("max_tokens", Integer.MAX_VALUE, Integer.MAX_VALUE),
        reader.stops("stop_sequences"));
  }

  private Generation choices(Protocol protocol, Prompt prompt, String question) {
    fields.integer("n", 1, 1);
    int maxTokens =
        Math.min(
            fields.integer("max_tokens", Integer.MAX_VALUE, Integer.MAX_VALUE),
            fields.integer("max_completion_tokens", Integer.MAX_VALUE, Integer.MAX_VALUE));
    boolean stream = stream();
    return new Generation(
        protocol,
        fields.model(),
        prompt,
        question,
        stream,
        includeUsage(stream),
        maxTokens,
        stops("stop"));
  }

  /** Of a protocol whose streams always report their usage. */
  private Generation conversation(
      Protocol protocol, Conversation conversation, int maxTokens, List<String> stops) {
    return new Generation(
        protocol,
        fields.model(),
        conversation.prompt(),
        conversation.question(),
        stream(),
        true,
        maxTokens,
        stops);
  }

  private boolean stream() {
    return fields.flag("stream", fields.get("stream"));
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

  private List<String> stops(String field) {
    JsonNode stop = fields.get(field);
    List<String> stops = new ArrayList<>();
    if (stop.isTextual()) {
      stops.add(stop.textValue());
    }
    stop.forEach(one -> stops.add(one.isTextual() ? one.textValue() : ""));
    boolean wrongKind = !CallFields.absent(stop) && !stop.isTextual() && !stop.isArray();
    if (wrongKind || stops.size() > MAX_STOPS || stops.contains("")) {
      fields.refuse(field, stop, "a string or up to " + MAX_STOPS + " of them, none empty");
    }
    return stops;
  }
}
