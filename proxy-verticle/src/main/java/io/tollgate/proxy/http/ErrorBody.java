package io.tollgate.proxy.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an error in the shape that the client's protocol has for it. */
public enum ErrorBody {
  /** {@code {"error":{"message","type","code","param":null,…facts}}} */
  OPEN_AI {
    @Override
    void write(JsonGenerator json, ErrorAnswer error) throws IOException {
      json.writeStartObject();
      json.writeObjectFieldStart("error");
      json.writeStringField("message", error.message());
      json.writeStringField("type", error.type().openAi());
      json.writeStringField("code", error.code());
      json.writeNullField("param");
      writeFacts(json, error);
      json.writeEndObject();
      json.writeEndObject();
    }
  },
  /** {@code {"type":"error","error":{"type","message","code",…facts}}} */
  ANTHROPIC {
    @Override
    void write(JsonGenerator json, ErrorAnswer error) throws IOException {
      json.writeStartObject();
      json.writeStringField("type", "error");
      json.writeObjectFieldStart("error");
      json.writeStringField("type", error.type().anthropic());
      json.writeStringField("message", error.message());
      json.writeStringField("code", error.code());
      writeFacts(json, error);
      json.writeEndObject();
      json.writeEndObject();
    }
  };

  private static final JsonFactory JSON = new JsonFactory();

  abstract void write(JsonGenerator json, ErrorAnswer error) throws IOException;

  /**
   * The shape that clients of this path understand.
   *
   * @param path null when the request has none
   */
  public static ErrorBody forPath(@Nullable String path) {
    return path != null && path.endsWith(Operation.MESSAGES.path()) ? ANTHROPIC : OPEN_AI;
  }

  public Buffer of(ErrorAnswer error) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      write(json, error);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't be written", e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  /** The same as the last event of a stream that can't go on. */
  public Buffer event(ErrorAnswer error) {
    String name = this == ANTHROPIC ? "event: error\n" : "";
    return Buffer.buffer(name + "data: ").appendBuffer(of(error)).appendString("\n\n");
  }

  private static void writeFacts(JsonGenerator json, ErrorAnswer error) throws IOException {
    for (Map.Entry<String, Object> fact : error.facts().entrySet()) {
      json.writeFieldName(fact.getKey());
      json.writePOJO(fact.getValue());
    }
  }
}
