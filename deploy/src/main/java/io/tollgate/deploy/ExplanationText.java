package io.tollgate.deploy;

import io.tollgate.contract.explain.BalanceView;
import io.tollgate.contract.explain.Explanation;
import io.tollgate.contract.explain.IdleRule;
import io.tollgate.contract.explain.LimitView;
import io.tollgate.contract.explain.Passing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An explanation for people to read. */
final class ExplanationText {
  private static final long MILLIS = 1000;

  private ExplanationText() {}

  static String of(Explanation explanation) {
    StringBuilder text = new StringBuilder();
    line(text, "route", orNone(explanation.route()));
    line(text, "consumer", orNone(explanation.consumer()) + labels(explanation));
    line(text, "model", orNone(explanation.model()));
    line(
        text,
        "estimate",
        explanation.promptTokens()
            + " prompt and "
            + explanation.outputTokens()
            + " output tokens");
    limits(text, explanation.limits());
    balances(text, explanation.balances());
    if (!explanation.idle().isEmpty()) {
      text.append(System.lineSeparator()).append("do not apply").append(System.lineSeparator());
      for (IdleRule idle : explanation.idle()) {
        text.append("  ").append(idle.rule()).append(": ").append(idle.why());
        text.append(System.lineSeparator());
      }
    }
    return text.append(System.lineSeparator())
        .append(result(explanation.result()))
        .append(System.lineSeparator())
        .toString();
  }

  private static void limits(StringBuilder text, List<LimitView> limits) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("limit", "key", "algorithm", "of", "used", "held", "left", "reset", "would"));
    for (LimitView limit : limits) {
      rows.add(
          List.of(
              limit.rule(),
              limit.key().isEmpty() ? "-" : limit.key(),
              limit.algorithm() + (limit.shadow() ? " (shadow)" : ""),
              limit.limit() + " " + limit.unit(),
              orUnknown(limit.used()),
              orUnknown(limit.held()),
              orUnknown(limit.left()),
              seconds(limit.resetMillis()),
              would(limit.passing(), limit.note())));
    }
    table(text, rows);
  }

  private static void balances(StringBuilder text, List<BalanceView> balances) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("balance", "of", "left", "held", "period ends", "would"));
    for (BalanceView balance : balances) {
      rows.add(
          List.of(
              balance.name() + (balance.shadow() ? " (shadow)" : ""),
              balance.of().isEmpty() ? "-" : balance.of(),
              orUnknown(balance.balance()),
              orUnknown(balance.held()),
              seconds(balance.endsMillis()),
              would(balance.passing(), balance.note())));
    }
    table(text, rows);
  }

  private static void table(StringBuilder text, List<List<String>> rows) {
    if (rows.size() == 1) {
      return;
    }
    text.append(System.lineSeparator());
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int place = column;
        int width = rows.stream().mapToInt(each -> each.get(place).length()).max().orElse(0);
        line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
  }

  private static String result(Explanation.Result result) {
    if (result.passes()) {
      return "would pass";
    }
    String retry =
        result.retryMillis() == null ? "" : "; again in " + seconds(result.retryMillis());
    return "would be refused with "
        + result.status()
        + " "
        + result.code()
        + retry
        + System.lineSeparator()
        + result.message();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-9s %s".formatted(name, value)).append(System.lineSeparator());
  }

  private static String labels(Explanation explanation) {
    return explanation.labels().isEmpty() ? "" : " " + new TreeMap<>(explanation.labels());
  }

  private static String would(Passing passing, String note) {
    String word = passing.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return note.isEmpty() ? word : word + " (" + note + ")";
  }

  private static String orNone(@Nullable String text) {
    return text == null ? "none" : text;
  }

  private static String orUnknown(@Nullable Long number) {
    return number == null ? "?" : number.toString();
  }

  private static String seconds(@Nullable Long millis) {
    return millis == null ? "-" : (millis + MILLIS - 1) / MILLIS + "s";
  }
}
