package io.tollgate.proxy.ending;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One item of a response's output, as far as it has come: a message, a call, a reasoning. */
final class ResponseItem {
  /** A part of a message that is open. */
  private record Part(ObjectNode shape, String field, StringBuilder text) {
    ObjectNode whole() {
      return shape.deepCopy().put(field, text.toString());
    }
  }

  private final int index;
  private final ObjectNode item;
  private final Map<Integer, Part> parts = new TreeMap<>();
  private final Map<Integer, ObjectNode> closedParts = new TreeMap<>();
  private final StringBuilder arguments = new StringBuilder();
  private final boolean open;

  ResponseItem(int index, ObjectNode item, boolean open) {
    this.index = index;
    this.item = item;
    this.open = open;
  }

  /**
   * An event about this item.
   *
   * @return how many characters are kept of it
   */
  int event(String type, ObjectNode event) {
    int place = event.path("content_index").asInt();
    switch (type) {
      case "response.content_part.added" -> {
        if (event.get("part") instanceof ObjectNode part) {
          String field = part.path("type").asText().equals("refusal") ? "refusal" : "text";
          parts.put(place, new Part(part, field, new StringBuilder()));
        }
      }
      case "response.content_part.done" -> {
        if (event.get("part") instanceof ObjectNode part) {
          parts.remove(place);
          closedParts.put(place, part);
        }
      }
      case "response.output_text.delta", "response.refusal.delta" -> {
        Part part = parts.get(place);
        return part == null ? 0 : append(part.text(), event);
      }
      case "response.function_call_arguments.delta" -> {
        return append(arguments, event);
      }
      default -> {}
    }
    return 0;
  }

  private static int append(StringBuilder text, ObjectNode event) {
    String delta = event.path("delta").asText();
    text.append(delta);
    return delta.length();
  }

  /** The events that close it; none when it is closed. */
  List<ObjectNode> close() {
    List<ObjectNode> events = new ArrayList<>();
    if (!open) {
      return events;
    }
    parts.forEach((place, part) -> close(place, part, events));
    if (isCall()) {
      events.add(
          about("response.function_call_arguments.done").put("arguments", arguments.toString()));
    }
    ObjectNode done = EventWriter.object().put("type", "response.output_item.done");
    done.put("output_index", index).set("item", whole());
    events.add(done);
    return events;
  }

  private void close(int place, Part part, List<ObjectNode> events) {
    String kind = part.field().equals("refusal") ? "refusal" : "output_text";
    ObjectNode textDone = about("response." + kind + ".done").put("content_index", place);
    textDone.put(part.field(), part.text().toString());
    if (kind.equals("output_text")) {
      textDone.putArray("logprobs");
    }
    ObjectNode partDone = about("response.content_part.done").put("content_index", place);
    partDone.set("part", part.whole());
    events.add(textDone);
    events.add(partDone);
  }

  private ObjectNode about(String type) {
    return EventWriter.object()
        .put("type", type)
        .put("item_id", item.path("id").asText())
        .put("output_index", index);
  }

  /** The item with all that has come of it. */
  ObjectNode whole() {
    if (!open) {
      return item;
    }
    ObjectNode whole = item.deepCopy().put("status", "incomplete");
    Map<Integer, ObjectNode> all = new TreeMap<>(closedParts);
    parts.forEach((place, part) -> all.put(place, part.whole()));
    if (!all.isEmpty()) {
      ArrayNode content = whole.putArray("content");
      all.values().forEach(content::add);
    }
    return isCall() ? whole.put("arguments", arguments.toString()) : whole;
  }

  private boolean isCall() {
    return item.path("type").asText().equals("function_call");
  }
}
