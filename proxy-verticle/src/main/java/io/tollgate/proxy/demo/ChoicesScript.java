package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.proxy.demo.DemoCall.Generation;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** An answer of OpenAI's chat or completions. */
final class ChoicesScript implements AnswerScript {
  private static final String DONE = "data: [DONE]\n\n";

  private final ChoicesFormat format;
  private final Reply reply;
  private final Generation call;
  private final String id;
  private final long createdSeconds;

  private final EventFrame frame;

  ChoicesScript(ChoicesFormat format, Reply reply, String serial, long createdSeconds) {
    this.format = format;
    this.reply = reply;
    this.call = reply.call();
    this.id = format.idPrefix() + serial;
    this.createdSeconds = createdSeconds;
    this.frame = frame();
  }

  @Override
  public Reply reply() {
    return reply;
  }

  @Override
  public Buffer document(boolean tellUsage) {
    Answer answer = reply.answer();
    ObjectNode body = head(format.answerType());
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    format.putText(choice, answer.text());
    choice.putNull("logprobs").put("finish_reason", answer.finishReason());
    if (tellUsage) {
      body.set("usage", usage());
    }
    return DemoJson.bytes(body);
  }

  private EventFrame frame() {
    ObjectNode body = head(format.chunkType());
    format.putDelta(openChoice(body, null), EventFrame.TEXT);
    return EventFrame.of(EventFrame.event(withoutUsage(body)));
  }

  /** A chat begins with a chunk that tells the role. */
  @Override
  public String begin(boolean tellUsage) {
    if (format != ChoicesFormat.CHAT) {
      return "";
    }
    ObjectNode body = head(format.chunkType());
    openChoice(body, null).putObject("delta").put("role", "assistant").put("content", "");
    return EventFrame.event(withoutUsage(body));
  }

  @Override
  public Buffer piece(Piece piece) {
    return frame.around(piece);
  }

  @Override
  public String end(boolean tellUsage) {
    return finishEvent() + (tellUsage ? usageEvent() : "") + DONE;
  }

  private String finishEvent() {
    ObjectNode body = head(format.chunkType());
    format.putDelta(openChoice(body, reply.answer().finishReason()), null);
    return EventFrame.event(withoutUsage(body));
  }

  /** The chunk that a client gets only when it asked for usage. */
  private String usageEvent() {
    ObjectNode body = head(format.chunkType());
    body.putArray("choices");
    body.set("usage", usage());
    return EventFrame.event(body);
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
}
