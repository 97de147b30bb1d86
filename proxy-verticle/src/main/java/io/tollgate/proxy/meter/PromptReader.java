package io.tollgate.proxy.meter;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;

/** Measures the parts of a request that the model reads. */
final class PromptReader {
  private static final Set<String> ATTACHMENT =
      Set.of("url", "image_url", "data", "file_data", "file_url", "file_id");
  private static final Set<String> NOT_TEXT =
      Set.of(
          "type", "role", "id", "tool_call_id", "tool_use_id", "call_id", "media_type", "detail");

  private final byte[] bytes;
  private final TextCount text = new TextCount();
  private int messages;
  private int prompts;
  private long tokenIds;
  private int attachments;

  PromptReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param field the top-level field whose value is the parser's current token
   */
  void read(String field, JsonParser parser) throws IOException {
    boolean conversation = field.equals("messages") || field.equals("input");
    boolean numbersAreTokens = field.equals("prompt") || field.equals("input");
    boolean list = field.equals("prompt") && parser.currentToken() == JsonToken.START_ARRAY;
    int depth = 0;
    String name = "";
    JsonToken token = parser.currentToken();
    while (true) {
      if (list && depth == 1 && isPrompt(token)) {
        prompts++;
      }
      switch (token) {
        case FIELD_NAME -> name = parser.currentName();
        case START_OBJECT, START_ARRAY -> {
          depth++;
          if (conversation && depth == 2 && token == JsonToken.START_OBJECT) {
            messages++;
          }
        }
        case END_OBJECT, END_ARRAY -> depth--;
        case VALUE_STRING -> readString(name, parser);
        case VALUE_NUMBER_INT -> tokenIds += numbersAreTokens && name.isEmpty() ? 1 : 0;
        default -> {}
      }
      if (depth == 0) {
        return;
      }
      token = parser.nextToken();
    }
  }

  /** Of a list's elements a text, or a list of tokens; numbers are the tokens of one prompt. */
  private static boolean isPrompt(JsonToken token) {
    return token == JsonToken.VALUE_STRING || token == JsonToken.START_ARRAY;
  }

  /** How many prompts a list of them has; zero without one. */
  int prompts() {
    return prompts;
  }

  /** Whether a string of this name is read by the model as it is. */
  static boolean isText(String name) {
    return !ATTACHMENT.contains(name) && !NOT_TEXT.contains(name);
  }

  private void readString(String name, JsonParser parser) {
    if (ATTACHMENT.contains(name)) {
      attachments++;
    } else if (isText(name)) {
      int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
      text.count(bytes, start, closingQuote(start));
      text.endString();
    }
  }

  /** The parser has not read the string yet, and would decode it to find its end. */
  private int closingQuote(int from) {
    int i = from;
    while (i < bytes.length && bytes[i] != '"') {
      i += bytes[i] == '\\' ? 2 : 1;
    }
    return Math.min(i, bytes.length);
  }

  PromptSize size() {
    return new PromptSize(text.ascii(), text.other(), messages, tokenIds, attachments);
  }
}
