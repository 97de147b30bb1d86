package io.tollgate.proxy.ending;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.contract.tokens.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.TreeSet;

/** The end of a stream of Anthropic's messages: what is open is closed, then the message. */
final class MessagesEnding implements StreamEnding {
  private final Set<Integer> openBlocks = new TreeSet<>();
  private boolean begun;
  private boolean ended;

  @Override
  public void event(ObjectNode event) {
    switch (event.path("type").asText()) {
      case "message_start" -> begun = true;
      case "content_block_start" -> openBlocks.add(event.path("index").asInt());
      case "content_block_stop" -> openBlocks.remove(event.path("index").asInt());
      case "message_delta" -> ended |= event.path("delta").path("stop_reason").isTextual();
      default -> {}
    }
  }

  @Override
  public boolean isOpen() {
    return begun && !ended;
  }

  @Override
  public Buffer write(TokenUsage usage) {
    EventWriter events = new EventWriter();
    for (int index : openBlocks) {
      events.named(typed("content_block_stop").put("index", index));
    }
    ObjectNode delta = typed("message_delta");
    delta.putObject("delta").put("stop_reason", "max_tokens").putNull("stop_sequence");
    delta.putObject("usage").put("output_tokens", usage.completionTokens());
    events.named(delta);
    events.named(typed("message_stop"));
    return events.written();
  }

  private static ObjectNode typed(String type) {
    return EventWriter.object().put("type", type);
  }
}
