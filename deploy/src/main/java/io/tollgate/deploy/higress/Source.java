package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One place in a document of Higress. It remembers which keys somebody asked for, so that {@link
 * #leaveOutOthers} can tell of those that nobody understands: nothing is dropped in silence.
 */
final class Source {
  /** Say where a configuration holds, and have been read when it gets here. */
  private static final Set<String> CONDITIONS =
      Set.of("_rules_", "_match_route_", "_match_domain_", "_match_service_");

  private final JsonNode node;
  private final String place;
  private final boolean isRoot;
  private final Notes notes;
  private final Set<String> asked = new HashSet<>();

  private Source(JsonNode node, String place, boolean isRoot, Notes notes) {
    this.node = node.isNull() ? MissingNode.getInstance() : node;
    this.place = place;
    this.isRoot = isRoot;
    this.notes = notes;
  }

  /**
   * A whole document.
   *
   * @param place the file
   */
  static Source root(JsonNode node, String place, Notes notes) {
    return new Source(node, place, true, notes);
  }

  /** Another tree that stands in this place as text. */
  Source within(JsonNode tree) {
    return new Source(tree, place, false, notes);
  }

  private Source below(JsonNode child, String path) {
    return new Source(child, path, false, notes);
  }

  JsonNode node() {
    return node;
  }

  String place() {
    return place;
  }

  boolean isAbsent() {
    return node.isMissingNode();
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  Source at(String key) {
    asked.add(key);
    return below(node.path(key), place + join() + key);
  }

  private String join() {
    return isRoot ? ": " : ".";
  }

  /** The entries of a list; none when something else stands here. */
  List<Source> list() {
    List<Source> entries = new ArrayList<>();
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      entries.add(below(node.get(i), place + "[" + i + "]"));
    }
    if (!isAbsent() && !node.isArray()) {
      notes.leftOut(place, "it is not a list, which it has to be in Higress, too");
    }
    return entries;
  }

  /** What a section with keys of the user's own choice holds. */
  Map<String, Source> entries() {
    Map<String, Source> entries = new LinkedHashMap<>();
    node.properties()
        .forEach(
            property ->
                entries.put(
                    property.getKey(),
                    below(property.getValue(), place + join() + property.getKey())));
    return entries;
  }

  /** A scalar as text; empty when there is none. */
  String text() {
    return node.asText("");
  }

  List<String> texts() {
    return list().stream().map(Source::text).filter(text -> !text.isBlank()).distinct().toList();
  }

  boolean flag(boolean orElse) {
    return node.asBoolean(orElse);
  }

  /** Tells that a key, if it is there, is not carried over. */
  void leaveOut(String key, String text) {
    if (!at(key).isAbsent()) {
      notes.leftOut(place + join() + key, text);
    }
  }

  /** Tells of every key that nobody asked for. */
  void leaveOutOthers(String of) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!asked.contains(key) && !CONDITIONS.contains(key)) {
                leaveOut(
                    key,
                    "not a setting of "
                        + of
                        + " that Tollgate knows; nothing to do if"
                        + " it has no part in who may spend how much");
              }
            });
  }

  void leftOut(String text) {
    notes.leftOut(place, text);
  }

  void changed(String text) {
    notes.changed(place, text);
  }

  void toDo(String text) {
    notes.toDo(place, text);
  }
}
