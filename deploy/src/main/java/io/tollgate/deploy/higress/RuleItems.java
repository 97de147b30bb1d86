package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** {@code rule_items}: those that Higress obeyed. */
final class RuleItems {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** In the order in which Higress looks at them: the last one that is there wins. */
  private static final List<String> TYPES =
      List.of(
          "limit_by_header",
          "limit_by_param",
          "limit_by_cookie",
          "limit_by_per_header",
          "limit_by_per_param",
          "limit_by_per_cookie",
          "limit_by_consumer",
          "limit_by_per_consumer",
          "limit_by_per_ip");

  private static final List<String> WINDOWS =
      List.of("token_per_second", "token_per_minute", "token_per_hour", "token_per_day");

  private static final Set<String> KEY_HEADERS =
      Set.of("authorization", "x-api-key", "api-key", "cookie");
  private static final String BEARER = "bearer ";
  private static final String REGEXP = "regexp:";

  private final Consumers consumers;
  private final Secrets secrets;

  RuleItems(Consumers consumers, Secrets secrets) {
    this.consumers = consumers;
    this.secrets = secrets;
  }

  List<ObjectNode> of(Source list) {
    List<ObjectNode> items = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Source entry : list.list()) {
      ObjectNode item = item(entry, seen);
      if (item.path("limit_keys").isEmpty()) {
        entry.leftOut("nothing is left of this rule item");
      } else {
        items.add(item);
      }
    }
    return items;
  }

  /** The limits of one entry; Tollgate applies them all. */
  static ObjectNode windows(Source entry) {
    ObjectNode windows = NODES.objectNode();
    for (String window : WINDOWS) {
      Source limit = entry.at(window);
      if (!limit.isAbsent()) {
        windows.set(window, limit.node());
      }
    }
    if (windows.size() > 1) {
      entry.changed(
          "several windows, of which Higress picked one at random in each worker; all of"
              + " them apply now");
    }
    return windows;
  }

  private ObjectNode item(Source entry, Set<String> seen) {
    List<String> present = TYPES.stream().filter(type -> entry.node().has(type)).toList();
    ObjectNode item = NODES.objectNode();
    if (present.isEmpty()) {
      entry.leftOut("a rule item without limit_by_…, which Higress does not start with");
      return item;
    }
    String type = present.getLast();
    if (present.size() > 1) {
      entry.changed(
          "several limit_by_… in one item: Higress went by "
              + type
              + " alone, and so"
              + " does this; write one item for each that is meant");
    }
    present.forEach(entry::at);
    String name = type.endsWith("consumer") ? "" : entry.at(type).text();
    item.put(type, Secrets.literal(name));
    ArrayNode keys = item.putArray("limit_keys");
    for (Source key : entry.at("limit_keys").list()) {
      limitKey(type, name, key, seen, keys);
    }
    if (name.toLowerCase(Locale.ROOT).equals("authorization")) {
      entry.changed(
          "counters of authorization are named after the key alone, without Bearer; they"
              + " begin anew");
    }
    entry.leaveOutOthers("a rule item");
    return item;
  }

  private void limitKey(String type, String name, Source entry, Set<String> seen, ArrayNode keys) {
    String key = entry.at("key").text();
    ObjectNode windows = windows(entry);
    boolean perValue = type.contains("_per_") && !type.equals("limit_by_per_ip");
    boolean wildcard = key.equals("*") || key.startsWith(REGEXP);
    if (key.isEmpty() || windows.isEmpty()) {
      entry.leftOut(
          "an entry without key or without token_per_…, which Higress does not start" + " with");
    } else if (perValue != wildcard && !type.equals("limit_by_per_ip")) {
      entry.leftOut(
          perValue
              ? type + " takes * and regexp:… only, and Higress did not start with it"
              : type + " takes exact values only, so that this one never held");
    } else if (type.equals("limit_by_consumer") && !consumers.knows(key)) {
      entry.leftOut("a limit for the consumer " + key + ", whom no configuration of key-auth has");
    } else if (!keys.isEmpty() && keys.get(keys.size() - 1).path("key").asText().equals("*")) {
      entry.leftOut("it stands behind * and never held");
    } else if (windows.properties().stream()
            .filter(window -> !seen.add(String.join(" ", type, name, key, window.getKey())))
            .toList()
            .size()
        > 0) {
      entry.leftOut("the same key in the same window stands further up; Higress counted it twice");
    } else {
      keys.add(written(type, name, key, entry).setAll(windows));
    }
    entry.leaveOutOthers("an entry of limit_keys");
  }

  private ObjectNode written(String type, String name, String key, Source entry) {
    String header = name.toLowerCase(Locale.ROOT);
    boolean secret =
        Stream.of("limit_by_header", "limit_by_cookie").anyMatch(type::equals)
            && (KEY_HEADERS.contains(header) || type.endsWith("cookie"));
    if (!secret) {
      return NODES.objectNode().put("key", Secrets.literal(key));
    }
    String bare =
        header.equals("authorization") && key.toLowerCase(Locale.ROOT).startsWith(BEARER)
            ? key.substring(BEARER.length()).strip()
            : key;
    return NODES.objectNode().put("key", secrets.write(bare, entry.at("key"), "LIMITED_KEY"));
  }
}
