package io.tollgate.proxy.meter;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the model reads of a request, each text by itself. Made from the body a second time when the
 * text is wanted, as that is seldom; {@link PromptReader} counts its characters at once.
 *
 * @param messages in a conversation
 * @param names that messages carry
 * @param tokenIds tokens that were given as numbers
 */
record PromptText(List<String> texts, int messages, int names, long tokenIds) {
  private static final Set<String> CONVERSATIONS = Set.of("messages", "input");
  private static final Set<String> TEXTS = Set.of("messages", "prompt", "input", "suffix");

  /** What the model reads as the message of a role, though it has a field of its own. */
  private static final Map<String, String> ROLES =
      Map.of("system", "system", "instructions", "system", "input", "user");

  /** Parts that are put before the model as JSON. */
  private static final Set<String> JSON_PARTS =
      Set.of("tools", "functions", "tool_calls", "function_call");

  PromptText {
    texts = List.copyOf(texts);
  }

  /**
   * Takes time in proportion to the body: not for event loops. Of what can't be read it takes what
   * comes before.
   *
   * @param spoken whether the body begins an answer; of an embedding the input is no message
   */
  static PromptText of(byte[] body, boolean spoken) {
    Reading reading = new Reading(spoken);
    try (JsonParser parser = RequestReader.JSON.createParser(body)) {
      reading.body(parser);
    } catch (IOException e) {
      // The body was read once before, so this does not happen; what was read is the best there is.
    }
    return new PromptText(reading.texts, reading.messages, reading.names, reading.tokenIds);
  }

  /** One pass over a body. */
  private static final class Reading {
    private final List<String> texts = new ArrayList<>();
    private final boolean spoken;
    private int messages;
    private int names;
    private long tokenIds;

    Reading(boolean spoken) {
      this.spoken = spoken;
    }

    void body(JsonParser parser) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      String field;
      while ((field = parser.nextFieldName()) != null) {
        JsonToken token = parser.nextToken();
        String role = ROLES.get(field);
        if (JSON_PARTS.contains(field)) {
          json(parser);
        } else if (CONVERSATIONS.contains(field) && token == JsonToken.START_ARRAY) {
          conversation(parser);
        } else if (spoken && role != null && token != JsonToken.VALUE_NULL) {
          messages++;
          texts.add(role);
          value("", parser);
        } else if (TEXTS.contains(field)) {
          value("", parser);
        } else {
          parser.skipChildren();
        }
      }
    }

    private void conversation(JsonParser parser) throws IOException {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
          messages++;
          message(parser);
        } else {
          value("", parser);
        }
      }
    }

    private void message(JsonParser parser) throws IOException {
      String field;
      while ((field = parser.nextFieldName()) != null) {
        JsonToken token = parser.nextToken();
        if (field.equals("role") && token == JsonToken.VALUE_STRING) {
          texts.add(parser.getText());
        } else if (JSON_PARTS.contains(field)) {
          json(parser);
        } else {
          names += field.equals("name") ? 1 : 0;
          value(field, parser);
        }
      }
    }

    private void value(String name, JsonParser parser) throws IOException {
      switch (parser.currentToken()) {
        case START_ARRAY -> {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            value(name, parser);
          }
        }
        case START_OBJECT -> {
          String field;
          while ((field = parser.nextFieldName()) != null) {
            parser.nextToken();
            value(field, parser);
          }
        }
        case VALUE_STRING -> {
          if (PromptReader.isText(name)) {
            texts.add(parser.getText());
          }
        }
        case VALUE_NUMBER_INT -> tokenIds += name.isEmpty() ? 1 : 0;
        default -> {}
      }
    }

    private void json(JsonParser parser) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      StringWriter text = new StringWriter();
      try (JsonGenerator copy = RequestReader.JSON.createGenerator(text)) {
        copy.copyCurrentStructure(parser);
      }
      texts.add(text.toString());
    }
  }
}
