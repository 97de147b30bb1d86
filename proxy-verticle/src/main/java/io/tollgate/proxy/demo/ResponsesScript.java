package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** An answer of OpenAI's responses: one message with one part of text. */
final class ResponsesScript implements AnswerScript {
  private static final String IN_PROGRESS = "in_progress";
  private static final String COMPLETED = "completed";

  private final Reply reply;
  private final String serial;
  private final long createdSeconds;
  private int sequence;

  ResponsesScript(Reply reply, String serial, long createdSeconds) {
    this.reply = reply;
    this.serial = serial;
    this.createdSeconds = createdSeconds;
  }

  @Override
  public Reply reply() {
    return reply;
  }

  @Override
  public Buffer document(boolean tellUsage) {
    return DemoJson.bytes(finished(tellUsage));
  }

  @Override
  public String begin(boolean tellUsage) {
    ObjectNode added = place("response.output_item.added");
    added.set("item", message(IN_PROGRESS, null));
    ObjectNode part = partPlace("response.content_part.added");
    part.set("part", text(""));
    return named(withResponse("response.created", response(IN_PROGRESS)))
        + named(withResponse("response.in_progress", response(IN_PROGRESS)))
        + named(added)
        + named(part);
  }

  @Override
  public Buffer piece(Piece piece) {
    ObjectNode delta = partPlace("response.output_text.delta").put("delta", EventFrame.TEXT);
    delta.putArray("logprobs");
    return EventFrame.of(named(delta)).around(piece);
  }

  @Override
  public String end(boolean tellUsage) {
    String whole = reply.answer().text();
    ObjectNode textDone = partPlace("response.output_text.done").put("text", whole);
    ObjectNode partDone = partPlace("response.content_part.done");
    partDone.set("part", text(whole));
    ObjectNode itemDone = place("response.output_item.done");
    itemDone.set("item", message(status(), whole));
    return named(textDone)
        + named(partDone)
        + named(itemDone)
        + named(withResponse("response." + status(), finished(tellUsage)));
  }

  private String status() {
    return isCapped() ? "incomplete" : COMPLETED;
  }

  private boolean isCapped() {
    return reply.answer().finishReason().equals(Answer.LENGTH);
  }

  private ObjectNode response(String status) {
    ObjectNode response =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", "resp_" + serial)
            .put("object", "response")
            .put("created_at", createdSeconds)
            .put("status", status)
            .putNull("error")
            .putNull("incomplete_details")
            .put("model", reply.call().model());
    response.putArray("output");
    return response.putNull("usage");
  }

  private ObjectNode finished(boolean tellUsage) {
    ObjectNode response = response(status());
    response.withArray("output").add(message(status(), reply.answer().text()));
    if (isCapped()) {
      response.putObject("incomplete_details").put("reason", "max_output_tokens");
    }
    if (tellUsage) {
      response.set("usage", usage());
    }
    return response;
  }

  private ObjectNode usage() {
    int input = reply.promptTokens();
    int output = reply.answer().tokens();
    ObjectNode usage = JsonNodeFactory.instance.objectNode().put("input_tokens", input);
    usage.putObject("input_tokens_details").put("cached_tokens", 0);
    usage.put("output_tokens", output);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return usage.put("total_tokens", input + output);
  }

  private ObjectNode message(String status, @Nullable String whole) {
    ObjectNode message =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", "msg_" + serial)
            .put("type", "message")
            .put("status", status)
            .put("role", "assistant");
    message.putArray("content");
    if (whole != null) {
      message.withArray("content").add(text(whole));
    }
    return message;
  }

  private static ObjectNode text(String whole) {
    ObjectNode part =
        JsonNodeFactory.instance.objectNode().put("type", "output_text").put("text", whole);
    part.putArray("annotations");
    return part;
  }

  private static ObjectNode withResponse(String type, ObjectNode response) {
    ObjectNode event = event(type);
    event.set("response", response);
    return event;
  }

  private static ObjectNode place(String type) {
    return event(type).put("output_index", 0);
  }

  private ObjectNode partPlace(String type) {
    return event(type)
        .put("item_id", "msg_" + serial)
        .put("output_index", 0)
        .put("content_index", 0);
  }

  private static ObjectNode event(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  /** Events are numbered in the order in which they are written. */
  private String named(ObjectNode event) {
    event.put("sequence_number", sequence++);
    return EventFrame.event(event.get("type").textValue(), event);
  }
}
