package io.tollgate.admin;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A request's query parameters: none but the known ones, each at most once. */
record Query(MultiMap parameters) {
  static Checked<Query> of(MultiMap parameters, Set<String> known) {
    for (String name : parameters.names()) {
      if (!known.contains(name)) {
        return new Checked.Bad<>(
            Problem.unacceptable(
                name, "an unknown parameter", String.join(", ", known.stream().sorted().toList())));
      }
      List<String> values = parameters.getAll(name);
      if (values.size() > 1) {
        return new Checked.Bad<>(
            Problem.unacceptable(name, values.size() + " values", "one value"));
      }
    }
    return new Checked.Good<>(new Query(parameters));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  Checked<Integer> integer(String name, int preset, int least, int most) {
    String text = parameters.get(name);
    if (text == null) {
      return new Checked.Good<>(preset);
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return new Checked.Good<>(value);
      }
    } catch (NumberFormatException e) {
      // Falls through: no number is as wrong as one out of range.
    }
    return new Checked.Bad<>(
        Problem.unacceptable(name, text, "an integer from " + least + " to " + most));
  }
}
