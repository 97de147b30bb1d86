package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Selector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code when} of a block, a rule item or a quota: which requests it is for. */
final class SelectorReader {
  private final KnownNames known;

  SelectorReader(KnownNames known) {
    this.known = known;
  }

  /** Of a rule, which belongs to one route. */
  Selector ofRule(Value value) {
    if (value.isAbsent()) {
      return Selector.ALL;
    }
    try (Section when = Section.required(value, "a section with labels, consumers or models")) {
      return selector(when, List.of());
    }
  }

  /** Of a quota, which may be for several routes. */
  Selector ofQuota(Value value) {
    if (value.isAbsent()) {
      return Selector.ALL;
    }
    try (Section when =
        Section.required(value, "a section with labels, consumers, models or routes")) {
      return selector(when, names(when.value("routes"), "route", known.routes()));
    }
  }

  private Selector selector(Section when, List<String> routes) {
    return new Selector(
        labels(when.value("labels")),
        names(when.value("consumers"), "consumer", known.consumers()),
        models(when.value("models")),
        routes);
  }

  private Map<String, List<String>> labels(Value value) {
    Map<String, List<String>> labels = new LinkedHashMap<>();
    value
        .entries("a section of label: value or list of values")
        .forEach((name, values) -> labels.put(name, values(name, values)));
    if (value.node().isObject() && labels.isEmpty()) {
      value.fault("an empty section", "at least one label");
    }
    return labels;
  }

  private List<String> values(String name, Value value) {
    LabelReader.checkKnown(value, name, known.labels());
    List<Value> entries = value.oneOrMore("a value or a list of values");
    List<String> values = entries.stream().map(LabelReader::value).toList();
    checkEmpty(value, values);
    for (int i = 0; i < values.size(); i++) {
      LabelReader.checkCarried(entries.get(i), name, values.get(i), known.labels());
    }
    return values;
  }

  private static List<String> names(Value value, String kind, Set<String> existing) {
    List<String> names =
        value.oneOrMore("a name or a list of names").stream()
            .map(name -> Names.refer(name, kind, existing))
            .distinct()
            .toList();
    checkEmpty(value, names);
    return names;
  }

  private static List<String> models(Value value) {
    List<String> models =
        value.oneOrMore("a model or a list of models").stream()
            .map(
                model ->
                    model.text(
                        UpstreamReader.MODEL_PATTERN,
                        "an exact name, a prefix with * at its end, or *"))
            .distinct()
            .toList();
    checkEmpty(value, models);
    return models;
  }

  /** An empty list would hold for nobody, and reads as if it held for everybody. */
  private static void checkEmpty(Value value, List<String> entries) {
    if (value.node().isArray() && entries.isEmpty()) {
      value.fault("at least one entry; without the key, it holds for all");
    }
  }
}
