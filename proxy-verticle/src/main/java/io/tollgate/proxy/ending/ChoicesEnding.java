package io.tollgate.proxy.ending;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The end of a stream of OpenAI's chat or completions: a last chunk for each choice that is open,
 * the usage where it is wanted, and {@code [DONE]}.
 */
final class ChoicesEnding implements StreamEnding {
  /** How a chunk says that a choice goes on without more text. */
  enum Shape {
    CHAT,
    TEXT
  }

  /** What all chunks of a stream have alike. */
  private static final List<String> HEAD =
      List.of("id", "object", "created", "model", "system_fingerprint", "service_tier");

  private final Shape shape;
  private final boolean tellsUsage;
  private final Set<Integer> open = new TreeSet<>();
  private ObjectNode head = EventWriter.object();
  private boolean begun;

  ChoicesEnding(Shape shape, boolean tellsUsage) {
    this.shape = shape;
    this.tellsUsage = tellsUsage;
  }

  @Override
  public void event(ObjectNode event) {
    JsonNode choices = event.path("choices");
    if (choices.isEmpty()) {
      return;
    }
    begun = true;
    head = event;
    for (JsonNode choice : choices) {
      int index = choice.path("index").asInt();
      if (choice.path("finish_reason").isTextual()) {
        open.remove(index);
      } else {
        open.add(index);
      }
    }
  }

  @Override
  public boolean isOpen() {
    return begun && !open.isEmpty();
  }

  @Override
  public Buffer write(TokenUsage usage) {
    EventWriter events = new EventWriter();
    for (int index : open) {
      ObjectNode chunk = chunk();
      finish(chunk.putArray("choices").addObject(), index);
      if (tellsUsage) {
        chunk.putNull("usage");
      }
      events.data(chunk.toString());
    }
    if (tellsUsage) {
      ObjectNode chunk = chunk();
      chunk.putArray("choices");
      chunk.set("usage", usage(usage));
      events.data(chunk.toString());
    }
    events.data("[DONE]");
    return events.written();
  }

  private ObjectNode chunk() {
    ObjectNode chunk = EventWriter.object();
    for (String field : HEAD) {
      if (head.has(field)) {
        chunk.set(field, head.get(field));
      }
    }
    return chunk;
  }

  private void finish(ObjectNode choice, int index) {
    choice.put("index", index);
    switch (shape) {
      case CHAT -> choice.putObject("delta");
      case TEXT -> choice.put("text", "");
    }
    choice.putNull("logprobs").put("finish_reason", "length");
  }

  private static ObjectNode usage(TokenUsage usage) {
    ObjectNode told =
        EventWriter.object()
            .put("prompt_tokens", usage.promptTokens())
            .put("completion_tokens", usage.completionTokens())
            .put("total_tokens", usage.billableTokens());
    if (usage.cached() != null) {
      told.putObject("prompt_tokens_details").put("cached_tokens", usage.cached());
    }
    if (usage.reasoning() != null) {
      told.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
    }
    return told;
  }
}
