package io.tollgate.proxy.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.proxy.demo.DemoCall.Generation;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** The JSON of one answer that carries text, whole or in chunks. */
final class AnswerJson {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TEXT_PLACE = "\u0001";
  private static final String QUOTED_TEXT_PLACE = "\"\\u0001\"";

  private final Reply reply;
  private final Generation call;
  private final String id;
  private final long createdSeconds;

  AnswerJson(Reply reply, String serial, long createdSeconds) {
    this.reply = reply;
    this.call = reply.call();
    this.id = call.format().idPrefix() + serial;
    this.createdSeconds = createdSeconds;
  }

  Reply reply() {
    return reply;
  }

  /** The whole answer. */
  Buffer document(boolean tellUsage) {
    Answer answer = reply.answer();
    ObjectNode body = head(call.format().answerType());
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    call.format().putText(choice, answer.text());
    choice.putNull("logprobs").put("finish_reason", answer.finishReason());
    if (tellUsage) {
      body.set("usage", usage());
    }
    return bytes(body);
  }

  /** What goes before and after the quoted text in each chunk that carries some. */
  Frame frame() {
    ObjectNode body = head(call.format().chunkType());
    call.format().putDelta(openChoice(body, null), TEXT_PLACE);
    String event = event(withoutUsage(body));
    int place = event.indexOf(QUOTED_TEXT_PLACE);
    return new Frame(
        event.substring(0, place), event.substring(place + QUOTED_TEXT_PLACE.length()));
  }

  /** The chunk that begins a chat answer. */
  String roleEvent() {
    ObjectNode body = head(call.format().chunkType());
    openChoice(body, null).putObject("delta").put("role", "assistant").put("content", "");
    return event(withoutUsage(body));
  }

  String finishEvent() {
    ObjectNode body = head(call.format().chunkType());
    call.format().putDelta(openChoice(body, reply.answer().finishReason()), null);
    return event(withoutUsage(body));
  }

  /** The chunk that a client gets only when it asked for usage. */
  String usageEvent() {
    ObjectNode body = head(call.format().chunkType());
    body.putArray("choices");
    body.set("usage", usage());
    return event(body);
  }

  /** The parts of a chunk around its text. */
  record Frame(String before, String after) {
    Buffer around(Piece piece) {
      return Buffer.buffer(before + piece.json() + after);
    }
  }

  private ObjectNode head(String type) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", type)
        .put("created", createdSeconds)
        .put("model", call.model())
        .put("system_fingerprint", "fp_tollgate_simulated");
  }

  private static ObjectNode openChoice(ObjectNode body, @Nullable String finishReason) {
    return body.putArray("choices")
        .addObject()
        .put("index", 0)
        .putNull("logprobs")
        .put("finish_reason", finishReason);
  }

  private ObjectNode withoutUsage(ObjectNode body) {
    return call.includeUsage() ? body.putNull("usage") : body;
  }

  private ObjectNode usage() {
    int promptTokens = reply.promptTokens();
    int completionTokens = reply.answer().tokens();
    ObjectNode usage =
        JsonNodeFactory.instance
            .objectNode()
            .put("prompt_tokens", promptTokens)
            .put("completion_tokens", completionTokens)
            .put("total_tokens", promptTokens + completionTokens);
    usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
    return usage;
  }

  private static String event(JsonNode data) {
    return "data: " + bytes(data) + "\n\n";
  }

  static Buffer bytes(JsonNode tree) {
    try {
      return Buffer.buffer(JSON.writeValueAsBytes(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of our own can be written", e);
    }
  }
}
