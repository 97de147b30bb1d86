package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.proxy.demo.DemoCall.Prompt;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of a chat, with the tokens that OpenAI's models see: each message's fields, three
 * tokens of framing for each, one for a name, and three that begin the answer.
 *
 * @param question the text of the last message of the user, or else of the last message
 */
record Conversation(Prompt prompt, String question) {
  private static final int TOKENS_PER_MESSAGE = 3;
  private static final int TOKENS_PER_NAME = 1;
  private static final int TOKENS_OF_ANSWER_START = 3;

  static Conversation read(CallFields fields) {
    JsonNode messages = fields.get("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      fields.refuse("messages", messages, "an array of at least one message");
    }
    List<String> texts = new ArrayList<>();
    int fixedTokens = TOKENS_OF_ANSWER_START;
    String question = "";
    boolean askedByUser = false;
    for (JsonNode message : messages) {
      String role = role(fields, message);
      String content = content(fields, message.path("content"));
      texts.add(role);
      texts.add(content);
      fixedTokens += TOKENS_PER_MESSAGE;
      if (message.path("name").isTextual()) {
        texts.add(message.path("name").textValue());
        fixedTokens += TOKENS_PER_NAME;
      }
      if (message.has("tool_calls")) {
        texts.add(message.path("tool_calls").toString());
      }
      if (role.equals("user") || !askedByUser) {
        question = content;
        askedByUser = role.equals("user");
      }
    }
    if (fields.get("tools").isArray()) {
      texts.add(fields.get("tools").toString());
    }
    return new Conversation(new Prompt(texts, fixedTokens), question);
  }

  private static String role(CallFields fields, JsonNode message) {
    JsonNode role = message.path("role");
    if (!role.isTextual()) {
      fields.refuse("messages", "messages: each message must be an object with a role");
    }
    return role.asText();
  }

  private static String content(CallFields fields, JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    if (!CallFields.absent(content) && !content.isArray()) {
      fields.refuse("messages", content, "content that is a string, an array of parts or null");
    }
    StringBuilder text = new StringBuilder();
    content.forEach(part -> text.append(part.path("text").asText("")));
    return text.toString();
  }
}
