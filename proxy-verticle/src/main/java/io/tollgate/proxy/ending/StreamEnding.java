package io.tollgate.proxy.ending;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.proxy.http.Operation;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Knows of one stream what it takes to end it after any of its events: what is open, and by which
 * names. Confined to the request's event loop.
 */
public interface StreamEnding {
  /** An event of the stream has passed. */
  void event(ObjectNode event);

  /** Whether the stream has begun and its model has not come to an end of its own. */
  boolean isOpen();

  /**
   * The events that end the stream here.
   *
   * @param usage of the whole answer
   */
  Buffer write(TokenUsage usage);

  /**
   * @param tellsUsage whether the client has asked for a stream's usage, where it has to
   * @return null for a protocol whose streams can't be ended
   */
  static @Nullable StreamEnding of(Operation operation, boolean tellsUsage) {
    return switch (operation) {
      case CHAT_COMPLETIONS -> new ChoicesEnding(ChoicesEnding.Shape.CHAT, tellsUsage);
      case COMPLETIONS -> new ChoicesEnding(ChoicesEnding.Shape.TEXT, tellsUsage);
      case MESSAGES -> new MessagesEnding();
      case RESPONSES -> new ResponsesEnding();
      case EMBEDDINGS, MODELS, OTHER -> null;
    };
  }
}
