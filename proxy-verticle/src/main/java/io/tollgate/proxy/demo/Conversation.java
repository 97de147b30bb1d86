package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.proxy.demo.DemoCall.Prompt;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages of a request, with the tokens that OpenAI's models see: each message's fields, three
 * tokens of framing for each, one for a name, and three that begin the answer.
 *
 * @param question the text of the last message of the user, or else of the last message
 */
record Conversation(Prompt prompt, String question) {
  private static final String USER = "user";
  private static final String SYSTEM = "system";

  /** Of {@code /v1/chat/completions}. */
  static Conversation chat(CallFields fields) {
    Reading reading = new Reading(fields, "messages");
    reading.messages();
    return reading.end();
  }

  /** Of {@code /v1/messages}: the system's message has a field of its own. */
  static Conversation messages(CallFields fields) {
    Reading reading = new Reading(fields, "messages");
    reading.preface("system");
    reading.messages();
    return reading.end();
  }

  /** Of {@code /v1/responses}: a single question or messages, among other items. */
  static Conversation responses(CallFields fields) {
    Reading reading = new Reading(fields, "input");
    reading.preface("instructions");
    JsonNode input = fields.get("input");
    if (input.isTextual()) {
      reading.add(USER, input.textValue());
    } else if (CallFields.absent(input)) {
      fields.refuse("input", input, "a string or an array of at least one message");
    } else {
      reading.messages();
    }
    return reading.end();
  }

  private static final class Reading {
    private static final int TOKENS_PER_MESSAGE = 3;
    private static final int TOKENS_PER_NAME = 1;
    private static final int TOKENS_OF_ANSWER_START = 3;

    private final CallFields fields;
    private final String field;
    private final List<String> texts = new ArrayList<>();
    private int fixedTokens = TOKENS_OF_ANSWER_START;
    private String question = "";
    private boolean askedByUser;

    /**
     * @param field that has the messages
     */
    Reading(CallFields fields, String field) {
      this.fields = fields;
      this.field = field;
    }

    void preface(String name) {
      JsonNode preface = fields.get(name);
      if (!CallFields.absent(preface)) {
        add(SYSTEM, content(name, preface));
      }
    }

    void messages() {
      JsonNode messages = fields.get(field);
      if (!messages.isArray() || messages.isEmpty()) {
        fields.refuse(field, messages, "an array of at least one message");
      }
      for (JsonNode message : messages) {
        add(role(message), content(field, message.path("content")));
        if (message.path("name").isTextual()) {
          texts.add(message.path("name").textValue());
          fixedTokens += TOKENS_PER_NAME;
        }
        if (message.has("tool_calls")) {
          texts.add(message.path("tool_calls").toString());
        }
      }
    }

    void add(String role, String content) {
      texts.add(role);
      texts.add(content);
      fixedTokens += TOKENS_PER_MESSAGE;
      if (role.equals(USER) || !askedByUser) {
        question = content;
        askedByUser = role.equals(USER);
      }
    }

    private String role(JsonNode message) {
      JsonNode role = message.path("role");
      if (!role.isTextual()) {
        fields.refuse(field, field + ": each message must be an object with a role");
      }
      return role.asText();
    }

    private String content(String name, JsonNode content) {
      if (content.isTextual()) {
        return content.textValue();
      }
      if (!CallFields.absent(content) && !content.isArray()) {
        fields.refuse(name, content, "content that is a string, an array of parts or null");
      }
      StringBuilder text = new StringBuilder();
      content.forEach(part -> text.append(part.path("text").asText("")));
      return text.toString();
    }

    Conversation end() {
      if (fields.get("tools").isArray()) {
        texts.add(fields.get("tools").toString());
      }
      return new Conversation(new Prompt(texts, fixedTokens), question);
    }
  }
}
