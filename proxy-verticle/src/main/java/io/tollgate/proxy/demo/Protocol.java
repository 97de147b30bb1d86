package io.tollgate.proxy.demo;

/** In whose words a request for text is made and answered. */
enum Protocol {
  /** {@code /v1/chat/completions}. */
  CHAT,
  /** {@code /v1/completions}. */
  COMPLETION,
  /** {@code /v1/responses}. */
  RESPONSES,
  /** {@code /v1/messages}, which is Anthropic's. */
  MESSAGES;

  /**
   * @param serial of the answer, for its id
   */
  AnswerScript script(Reply reply, String serial, long createdSeconds) {
    return switch (this) {
      case CHAT -> new ChoicesScript(ChoicesFormat.CHAT, reply, serial, createdSeconds);
      case COMPLETION -> new ChoicesScript(ChoicesFormat.COMPLETION, reply, serial, createdSeconds);
      case RESPONSES -> new ResponsesScript(reply, serial, createdSeconds);
      case MESSAGES -> new MessagesScript(reply, serial);
    };
  }
}
