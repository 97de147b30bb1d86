package io.tollgate.proxy.ending;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream of OpenAI's responses: each part and item that is open is closed with what it
 * has, then the response, which repeats them all. For that the text that passes is kept.
 */
final class ResponsesEnding implements StreamEnding {
  /** More than any model writes at once; of what comes beyond, the closing events say nothing. */
  private static final int MAX_KEPT_CHARACTERS = 4 * 1024 * 1024;

  private final Map<Integer, ResponseItem> items = new TreeMap<>();
  private ObjectNode response = EventWriter.object();
  private int room = MAX_KEPT_CHARACTERS;
  private long sequence = -1;
  private boolean begun;
  private boolean ended;

  @Override
  public void event(ObjectNode event) {
    sequence = Math.max(sequence, event.path("sequence_number").asLong(sequence + 1));
    String type = event.path("type").asText();
    switch (type) {
      case "response.created", "response.in_progress", "response.queued" -> begin(event);
      case "response.completed", "response.incomplete", "response.failed", "error" -> ended = true;
      case "response.output_item.added", "response.output_item.done" -> item(type, event);
      default -> {
        ResponseItem item = items.get(event.path("output_index").asInt(-1));
        if (item != null && room > 0) {
          room -= item.event(type, event);
        }
      }
    }
  }

  private void begin(ObjectNode event) {
    if (event.get("response") instanceof ObjectNode said) {
      begun = true;
      response = said;
    }
  }

  private void item(String type, ObjectNode event) {
    if (event.get("item") instanceof ObjectNode item) {
      int index = event.path("output_index").asInt();
      items.put(index, new ResponseItem(index, item, type.endsWith(".added")));
    }
  }

  @Override
  public boolean isOpen() {
    return begun && !ended;
  }

  @Override
  public Buffer write(TokenUsage usage) {
    EventWriter events = new EventWriter();
    for (ResponseItem item : items.values()) {
      item.close().forEach(event -> events.named(numbered(event)));
    }
    ObjectNode last = response.deepCopy().put("status", "incomplete");
    last.putObject("incomplete_details").put("reason", "max_output_tokens");
    ArrayNode output = last.putArray("output");
    items.values().forEach(item -> output.add(item.whole()));
    last.set("usage", usage(usage));
    ObjectNode incomplete = EventWriter.object().put("type", "response.incomplete");
    incomplete.set("response", last);
    events.named(numbered(incomplete));
    return events.written();
  }

  private ObjectNode numbered(ObjectNode event) {
    return event.put("sequence_number", ++sequence);
  }

  private static ObjectNode usage(TokenUsage usage) {
    ObjectNode told = EventWriter.object().put("input_tokens", usage.promptTokens());
    told.putObject("input_tokens_details").put("cached_tokens", orZero(usage.cached()));
    told.put("output_tokens", usage.completionTokens());
    told.putObject("output_tokens_details").put("reasoning_tokens", orZero(usage.reasoning()));
    return told.put("total_tokens", usage.billableTokens());
  }

  private static long orZero(@Nullable Long tokens) {
    return tokens == null ? 0 : tokens;
  }
}
