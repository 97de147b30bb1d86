package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A section whose keys are known: those that a reader asks for. {@link #close} reports the others.
 *
 * <p>Where something else than a section stands, that is the only fault: what would be missing
 * inside is not reported as well.
 */
final class Section implements AutoCloseable {
  private final JsonNode node;
  private final String path;
  private final Faults faults;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(JsonNode node, String path, Faults faults) {
    this.node = node;
    this.path = path;
    this.faults = faults;
  }

  /** What is absent is a fault. */
  static Section required(Value value, String allowed) {
    if (value.node().isObject()) {
      return new Section(value.node(), value.path(), value.faults());
    }
    value.fault(allowed);
    return new Section(JsonNodeFactory.instance.objectNode(), value.path(), new Faults());
  }

  /** What is absent is an empty section. */
  static Section optional(Value value) {
    return value.isAbsent()
        ? new Section(JsonNodeFactory.instance.objectNode(), value.path(), value.faults())
        : required(value, "a section");
  }

  String path() {
    return path;
  }

  boolean has(String key) {
    return node.has(key);
  }

  Value value(String key) {
    known.add(key);
    JsonNode child = node.get(key);
    return new Value(
        child == null ? MissingNode.getInstance() : child, Value.join(path, key), faults);
  }

  Section section(String key) {
    return optional(value(key));
  }

  /** Reports a fault of the section as a whole. */
  void fault(String found, String allowed) {
    faults.add(path, found, allowed);
  }

  /** Reports a fault of something further inside. */
  void faultAt(String below, String found, String allowed) {
    faults.add(Value.join(path, below), found, allowed);
  }

  void warn(String text) {
    faults.warn(path, text);
  }

  @Override
  public void close() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                faults.add(
                    Value.join(path, key),
                    "an unknown key",
                    String.join(", ", known) + Spelling.didYouMean(key, known));
              }
            });
  }
}
