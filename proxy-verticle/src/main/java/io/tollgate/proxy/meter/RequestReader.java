package io.tollgate.proxy.meter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.tollgate.proxy.meter.RequestSplice.Cap;
import io.tollgate.proxy.meter.RequestSplice.ObjectSpan;
import io.tollgate.proxy.meter.RequestSplice.Span;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one request's body; used once. */
final class RequestReader {
  private static final int MAX_NESTING = 256;
  private static final int MAX_MODEL_CHARACTERS = 256;
  static final JsonFactory JSON =
      JsonFactory.builder()
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final Buffer body;
  private final byte[] bytes;
  private final Set<String> seen = new HashSet<>();
  private final PromptReader prompt;

  private @Nullable String model;
  private boolean stream;
  private @Nullable Boolean includeUsage;
  private final List<Cap> caps = new ArrayList<>(1);
  private int choices = 1;
  private int bestOf = 1;

  private @Nullable Span modelSpan;
  private @Nullable ObjectSpan streamOptionsSpan;
  private @Nullable Span nullStreamOptionsSpan;
  private @Nullable Span includeUsageSpan;

  RequestReader(Buffer body) {
    this.body = body;
    this.bytes = body.getBytes();
    this.prompt = new PromptReader(bytes);
  }

  RequestReading read() {
    try (JsonParser parser = JSON.createParser(bytes)) {
      return readBody(parser);
    } catch (Refused refused) {
      return refused.malformed;
    } catch (StreamConstraintsException e) {
      return new Malformed(
          "body", e.getOriginalMessage(), "JSON nested at most " + MAX_NESTING + " deep");
    } catch (JsonProcessingException e) {
      return new Malformed("body", "broken JSON " + place(e.getLocation()), "one JSON object");
    } catch (IOException e) {
      return new Malformed("body", "bytes that are not UTF-8", "one JSON object in UTF-8");
    }
  }

  private RequestReading readBody(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new Refused("body", "nothing", "one JSON object");
    }
    if (parser.currentTokenLocation().getByteOffset() < 0) {
      throw new Refused("body", "UTF-16 or UTF-32", "one JSON object in UTF-8");
    }
    if (first != JsonToken.START_OBJECT) {
      throw new Refused("body", described(parser), "one JSON object");
    }
    int inside = start(parser) + 1;
    boolean empty = true;
    String field;
    while ((field = parser.nextFieldName()) != null) {
      empty = false;
      readField(field, parser);
    }
    if (parser.nextToken() != null) {
      throw new Refused("body", described(parser) + " after the object", "one JSON object");
    }
    return new RequestBody(
        body,
        new RequestBody.Fields(model, stream, includeUsage, texts()),
        prompt.size(),
        new RequestSplice(
            new ObjectSpan(inside, empty),
            modelSpan,
            streamOptionsSpan,
            nullStreamOptionsSpan,
            includeUsageSpan,
            List.copyOf(caps)));
  }

  /** A list of prompts is answered one by one. */
  private int texts() {
    long texts = (long) Math.max(choices, bestOf) * Math.max(1, prompt.prompts());
    return (int) Math.min(texts, Integer.MAX_VALUE);
  }

  private void readField(String field, JsonParser parser) throws IOException {
    parser.nextToken();
    switch (field) {
      case "model" -> readModel(parser);
      case "stream" -> stream = Boolean.TRUE.equals(flag(field, parser));
      case "stream_options" -> readStreamOptions(parser);
      case "max_tokens", "max_completion_tokens", "max_output_tokens" -> {
        int start = start(parser);
        Long tokens = integer(field, 0, parser);
        caps.add(new Cap(field, new Span(start, end(parser)), tokens));
      }
      case "n" -> choices = count(field, parser);
      case "best_of" -> bestOf = count(field, parser);
      case "messages",
          "prompt",
          "input",
          "system",
          "instructions",
          "tools",
          "functions",
          "suffix" ->
          prompt.read(field, parser);
      default -> parser.skipChildren();
    }
  }

  private void readModel(JsonParser parser) throws IOException {
    once("model");
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw new Refused("model", described(parser), "a string");
    }
    int start = start(parser);
    model = parser.getText();
    modelSpan = new Span(start, end(parser));
    if (model.isEmpty() || model.length() > MAX_MODEL_CHARACTERS) {
      throw new Refused(
          "model",
          "a string of " + model.length() + " characters",
          "1 to " + MAX_MODEL_CHARACTERS + " characters");
    }
  }

  private void readStreamOptions(JsonParser parser) throws IOException {
    once("stream_options");
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      nullStreamOptionsSpan = new Span(start(parser), end(parser));
      return;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new Refused("stream_options", described(parser), "an object or null");
    }
    int inside = start(parser) + 1;
    boolean empty = true;
    String field;
    while ((field = parser.nextFieldName()) != null) {
      empty = false;
      parser.nextToken();
      if (field.equals("include_usage")) {
        includeUsage = flag("stream_options.include_usage", parser);
        includeUsageSpan = new Span(start(parser), end(parser));
      } else {
        parser.skipChildren();
      }
    }
    streamOptionsSpan = new ObjectSpan(inside, empty);
  }

  private @Nullable Boolean flag(String field, JsonParser parser) throws IOException {
    once(field);
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> throw new Refused(field, described(parser), "true, false or null");
    };
  }

  private @Nullable Long integer(String field, int least, JsonParser parser) throws IOException {
    once(field);
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() != NumberType.INT
        || parser.getIntValue() < least) {
      String allowed = "an integer from %d to %d, or null".formatted(least, Integer.MAX_VALUE);
      throw new Refused(field, described(parser), allowed);
    }
    return parser.getLongValue();
  }

  private int count(String field, JsonParser parser) throws IOException {
    Long wanted = integer(field, 1, parser);
    return wanted == null ? 1 : wanted.intValue();
  }

  /** Of two values for one field the provider might take the other than we do. */
  private void once(String field) throws Refused {
    if (!seen.add(field)) {
      throw new Refused(field, "the field twice", "the field once");
    }
  }

  private static int start(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static int end(JsonParser parser) throws IOException {
    parser.finishToken();
    return (int) parser.currentLocation().getByteOffset();
  }

  private static String described(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> "the value " + parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shortened(parser.getText());
      default -> "a stray " + parser.currentToken();
    };
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** Leaves the parse where a fault was found; does not leave this class. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final transient Malformed malformed;

    Refused(String field, String found, String allowed) {
      malformed = new Malformed(field, found, allowed);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  private static String place(@Nullable JsonLocation location) {
    return location == null
        ? ""
        : "at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
