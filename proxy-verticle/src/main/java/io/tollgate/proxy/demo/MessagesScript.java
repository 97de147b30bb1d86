package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** An answer of Anthropic's messages: one block of text. */
final class MessagesScript implements AnswerScript {
  private final Reply reply;
  private final String id;
  private final EventFrame frame;

  MessagesScript(Reply reply, String serial) {
    this.reply = reply;
    this.id = "msg_" + serial;
    ObjectNode delta = block("content_block_delta");
    delta.putObject("delta").put("type", "text_delta").put("text", EventFrame.TEXT);
    this.frame = EventFrame.of(named(delta));
  }

  @Override
  public Reply reply() {
    return reply;
  }

  @Override
  public Buffer document(boolean tellUsage) {
    ObjectNode message = message(stopReason());
    message.withArray("content").add(text(reply.answer().text()));
    if (tellUsage) {
      message.set("usage", usage(reply.answer().tokens()));
    }
    return DemoJson.bytes(message);
  }

  /** The output tokens that a stream begins with are not the answer's. */
  @Override
  public String begin(boolean tellUsage) {
    ObjectNode start = typed("message_start");
    ObjectNode message = message(null);
    if (tellUsage) {
      message.set("usage", usage(1));
    }
    start.set("message", message);
    ObjectNode block = block("content_block_start");
    block.set("content_block", text(""));
    return named(start) + named(block) + named(typed("ping"));
  }

  @Override
  public Buffer piece(Piece piece) {
    return frame.around(piece);
  }

  @Override
  public String end(boolean tellUsage) {
    ObjectNode delta = typed("message_delta");
    delta.putObject("delta").put("stop_reason", stopReason()).putNull("stop_sequence");
    if (tellUsage) {
      delta.putObject("usage").put("output_tokens", reply.answer().tokens());
    }
    return named(block("content_block_stop")) + named(delta) + named(typed("message_stop"));
  }

  private String stopReason() {
    return reply.answer().finishReason().equals(Answer.LENGTH) ? "max_tokens" : "end_turn";
  }

  private ObjectNode message(@Nullable String stopReason) {
    ObjectNode message =
        typed("message").put("id", id).put("role", "assistant").put("model", reply.call().model());
    message.putArray("content");
    return message.put("stop_reason", stopReason).putNull("stop_sequence");
  }

  private ObjectNode usage(int outputTokens) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("input_tokens", reply.promptTokens())
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", 0)
        .put("output_tokens", outputTokens);
  }

  private static ObjectNode text(String whole) {
    return typed("text").put("text", whole);
  }

  private static ObjectNode block(String type) {
    return typed(type).put("index", 0);
  }

  /** An object of a type: an event, a message or a block. */
  private static ObjectNode typed(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static String named(ObjectNode event) {
    return EventFrame.event(event.get("type").textValue(), event);
  }
}
