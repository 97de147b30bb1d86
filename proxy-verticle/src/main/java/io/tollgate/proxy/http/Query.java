package io.tollgate.proxy.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Name-value pairs as in a query string or a form, each also as it was written. */
public final class Query {
  static final int MAX_PAIRS = 256;
  private static final Query NONE = new Query(List.of());

  private record Pair(String raw, String name, String value) {}

  private final List<Pair> pairs;

  private Query(List<Pair> pairs) {
    this.pairs = pairs;
  }

  /**
   * @param raw percent-encoded UTF-8 without the question mark; null for none
   */
  public static Step<Query> parse(@Nullable String raw) {
    if (raw == null || raw.isEmpty()) {
      return Step.next(NONE);
    }
    String[] written = raw.split("&", MAX_PAIRS + 1);
    if (written.length > MAX_PAIRS) {
      return Step.refuse(new Refusal.Malformed("There are more than 256 parameters."));
    }
    List<Pair> pairs = new ArrayList<>(written.length);
    try {
      for (String pair : written) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        pairs.add(new Pair(pair, decode(name), decode(value)));
      }
    } catch (IllegalArgumentException e) {
      return Step.refuse(new Refusal.Malformed("A parameter's percent-encoding is broken."));
    }
    return Step.next(new Query(pairs));
  }

  /** The first value of that name; null when there is none. */
  public @Nullable String first(String name) {
    for (Pair pair : pairs) {
      if (pair.name().equals(name)) {
        return pair.value();
      }
    }
    return null;
  }

  /** All of it as it was written, but for the named parameters; empty when nothing is left. */
  public String without(Collection<String> names) {
    if (pairs.isEmpty()) {
      return "";
    }
    return pairs.stream()
        .filter(pair -> !names.contains(pair.name()))
        .map(Pair::raw)
        .collect(Collectors.joining("&"));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
