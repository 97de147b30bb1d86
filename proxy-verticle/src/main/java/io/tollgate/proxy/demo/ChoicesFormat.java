package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The two shapes of OpenAI answers that carry text in choices. */
enum ChoicesFormat {
  /** {@code /v1/chat/completions}. */
  CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {
    @Override
    void putText(ObjectNode choice, String text) {
      choice.putObject("message").put("role", "assistant").put("content", text).putNull("refusal");
    }

    @Override
    void putDelta(ObjectNode choice, @Nullable String text) {
      ObjectNode delta = choice.putObject("delta");
      if (text != null) {
        delta.put("content", text);
      }
    }
  },

  /** {@code /v1/completions}. */
  COMPLETION("cmpl-", "text_completion", "text_completion") {
    @Override
    void putText(ObjectNode choice, String text) {
      choice.put("text", text);
    }

    @Override
    void putDelta(ObjectNode choice, @Nullable String text) {
      choice.put("text", text == null ? "" : text);
    }
  };

  private final String idPrefix;
  private final String answerType;
  private final String chunkType;

  ChoicesFormat(String idPrefix, String answerType, String chunkType) {
    this.idPrefix = idPrefix;
    this.answerType = answerType;
    this.chunkType = chunkType;
  }

  abstract void putText(ObjectNode choice, String text);

  /**
   * @param text null for a chunk without text
   */
  abstract void putDelta(ObjectNode choice, @Nullable String text);

  String idPrefix() {
    return idPrefix;
  }

  String answerType() {
    return answerType;
  }

  String chunkType() {
    return chunkType;
  }
}
