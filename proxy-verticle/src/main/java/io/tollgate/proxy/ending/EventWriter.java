package io.tollgate.proxy.ending;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;

/** Writes server-sent events. */
final class EventWriter {
  private final Buffer written = Buffer.buffer(512);

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** An event whose {@code type} is its name too. */
  void named(ObjectNode event) {
    written.appendString("event: ").appendString(event.path("type").asText()).appendString("\n");
    data(event.toString());
  }

  void data(String data) {
    written.appendString("data: ").appendString(data).appendString("\n\n");
  }

  Buffer written() {
    return written;
  }
}
