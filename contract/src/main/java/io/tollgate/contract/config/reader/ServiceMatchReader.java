package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LimitServiceConfig.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code matches} of {@code llm-token-ratelimit}: conditions on host, path and headers. */
final class ServiceMatchReader {
  private static final String ALLOWED = "conditions: sections with host, path or headers";
  private static final String CONDITION = "a section with exact, prefix or regex";

  private final List<Match> matches = new ArrayList<>();

  private ServiceMatchReader() {}

  static List<Match> readAll(Value value) {
    ServiceMatchReader reader = new ServiceMatchReader();
    value.oneOrMore(ALLOWED).forEach(reader::entry);
    return reader.matches;
  }

  private void entry(Value value) {
    int before = matches.size();
    try (Section entry = Section.required(value, ALLOWED)) {
      Value host = entry.value("host");
      Value path = entry.value("path");
      if (!host.isAbsent()) {
        matches.add(condition("host", host));
      }
      if (!path.isAbsent()) {
        matches.add(condition("path", path));
      }
      headers(entry.value("headers"));
      if (matches.size() == before) {
        entry.fault("no condition", ALLOWED);
      }
    }
  }

  /** By name, or a list of conditions each with its {@code name}. */
  private void headers(Value value) {
    if (!value.node().isArray()) {
      value
          .entries("a section of header: condition, or a list of conditions with name")
          .forEach((name, condition) -> matches.add(header(name, condition, condition)));
      return;
    }
    for (Value named : value.list(ALLOWED)) {
      try (Section header = Section.required(named, CONDITION + ", and name")) {
        Value name = header.value("name");
        matches.add(header(name.text("the name of a header"), name, header));
      }
    }
  }

  private static Match header(String name, Value place, Value condition) {
    return condition("header:" + checked(name, place), condition);
  }

  private static Match header(String name, Value place, Section condition) {
    return condition("header:" + checked(name, place), condition);
  }

  private static String checked(String name, Value place) {
    if (!RouteAuthReader.TOKEN.matcher(name).matches()) {
      place.fault("the header name " + Value.quote(name), "the name of a header");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static Match condition(String of, Value value) {
    try (Section condition = Section.required(value, CONDITION)) {
      return condition(of, condition);
    }
  }

  private static Match condition(String of, Section condition) {
    Value exact = condition.value("exact");
    Value prefix = condition.value("prefix");
    Value regex = condition.value("regex");
    int given =
        (exact.isAbsent() ? 0 : 1) + (prefix.isAbsent() ? 0 : 1) + (regex.isAbsent() ? 0 : 1);
    if (given != 1) {
      condition.fault(given + " of exact, prefix and regex", "one of them");
    }
    if (!regex.isAbsent()) {
      String expression = regex.text("an RE2 expression");
      Re2Syntax.fault(expression).ifPresent(why -> regex.fault(why, "an RE2 expression"));
      return new Match(of, Match.Kind.REGEX, expression);
    }
    return prefix.isAbsent()
        ? new Match(of, Match.Kind.EXACT, exact.text("a text", ""))
        : new Match(of, Match.Kind.PREFIX, prefix.text("a text"));
  }
}
