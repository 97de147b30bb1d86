package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;

/**
 * The parts of an event around the text that it carries, written once for all events of a stream.
 */
record EventFrame(String before, String after) {
  /** What a template has instead of text. */
  static final String TEXT = "\u0001";

  private static final String QUOTED_TEXT = "\"\\u0001\"";

  /** Cuts a template at its text. */
  static EventFrame of(String event) {
    int place = event.indexOf(QUOTED_TEXT);
    return new EventFrame(event.substring(0, place), event.substring(place + QUOTED_TEXT.length()));
  }

  Buffer around(Piece piece) {
    return Buffer.buffer(before + piece.json() + after);
  }

  /** An event without a name. */
  static String event(JsonNode data) {
    return "data: " + DemoJson.bytes(data) + "\n\n";
  }

  static String event(String name, JsonNode data) {
    return "event: " + name + "\n" + event(data);
  }
}
