package io.tollgate.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression: the series that it selects and the labels that it groups by.
 * Reads what Grafana and Prometheus accept, and does not check the syntax itself.
 *
 * @param selectors in the order of the text
 * @param groupedBy labels of {@code by}, {@code on} and their kin
 */
record PromQuery(String text, List<Selector> selectors, Set<String> groupedBy) {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|[A-Za-z_:][A-Za-z0-9_:]*"
              + "|\\[[^]]*]|\\d[\\w.]*|=~|!~|!=|==|>=|<=|\\S");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");
  private static final Set<String> GROUPING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> WORDS =
      Set.of(
          "sum", "min", "max", "avg", "count", "topk", "bottomk", "and", "or", "unless", "offset",
          "bool", "inf", "nan");

  /** Series of one name. */
  record Selector(String metric, List<Matcher> matchers) {}

  /**
   * @param operator {@code =}, {@code !=}, {@code =~} or {@code !~}
   */
  record Matcher(String label, String operator, String value) {
    boolean accepts(String actual) {
      return switch (operator) {
        case "=" -> actual.equals(value);
        case "!=" -> !actual.equals(value);
        case "=~" -> actual.matches(value);
        case "!~" -> !actual.matches(value);
        default -> throw new IllegalArgumentException("no operator: " + operator);
      };
    }
  }

  /** Variables of Grafana stand for everything. */
  static PromQuery of(String expression) {
    String text = expression.replace("$__rate_interval", "1m").replace("$__range", "1h");
    return new Reader(text.replaceAll("\\$\\{?\\w+}?", ".*")).read();
  }

  private static final class Reader {
    private final String text;
    private final List<String> tokens;
    private final List<Selector> selectors = new ArrayList<>();
    private final Set<String> groupedBy = new TreeSet<>();
    private int at;

    Reader(String text) {
      this.text = text;
      this.tokens = TOKEN.matcher(text).results().map(MatchResult::group).toList();
    }

    PromQuery read() {
      while (at < tokens.size()) {
        String token = tokens.get(at++);
        if (GROUPING.contains(token)) {
          labels();
        } else if (NAME.matcher(token).matches() && !WORDS.contains(token) && !next("(")) {
          selectors.add(new Selector(token, next("{") ? matchers() : List.of()));
        }
      }
      return new PromQuery(text, List.copyOf(selectors), Set.copyOf(groupedBy));
    }

    private boolean next(String token) {
      return at < tokens.size() && tokens.get(at).equals(token);
    }

    private void labels() {
      for (at++; !next(")"); at++) {
        if (!next(",")) {
          groupedBy.add(tokens.get(at));
        }
      }
    }

    private List<Matcher> matchers() {
      List<Matcher> matchers = new ArrayList<>();
      for (at++; !next("}"); ) {
        if (next(",")) {
          at++;
          continue;
        }
        String quoted = tokens.get(at + 2);
        matchers.add(
            new Matcher(
                tokens.get(at), tokens.get(at + 1), quoted.substring(1, quoted.length() - 1)));
        at += 3;
      }
      return matchers;
    }
  }
}
