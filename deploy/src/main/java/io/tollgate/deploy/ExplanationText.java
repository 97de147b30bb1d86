package io.tollgate.deploy;

import io.tollgate.contract.explain.BalanceView;
import io.tollgate.contract.explain.Explanation;
import io.tollgate.contract.explain.IdleRule;
import io.tollgate.contract.explain.LimitView;
import io.tollgate.contract.explain.Passing;
import io.tollgate.contract.explain.ServiceView;
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
    service(text, explanation.service());
    if (!explanation.idle().isEmpty()) {
      text.append(System.lineSeparator()).append("do not apply").append(System.lineSeparator());
      for (IdleRule idle : explanation.idle()) {
        text.append("  ").append(idle.rule()).append(": ").append(idle.why());
        text.append(System.lineSeparator());
      }
    }
    return text.append(System.lineSeparator())
        .append(result(explanation))
        .append(System.lineSeparator())
        .toString();
  }

  private static void limits(StringBuilder text, List<LimitView> limits) {
    TextTable rows =
        new TextTable("limit", "key", "algorithm", "of", "used", "held", "left", "reset", "would");
    for (LimitView limit : limits) {
      rows.add(
          limit.rule(),
          limit.key().isEmpty() ? "-" : limit.key(),
          limit.algorithm() + (limit.shadow() ? " (shadow)" : ""),
          amount(limit),
          orUnknown(limit.used()),
          orUnknown(limit.held()),
          orUnknown(limit.left()),
          seconds(limit.resetMillis()),
          would(limit.passing(), both(limit.note(), limit.changedBy())));
    }
    text.append(rows);
  }

  private static void balances(StringBuilder text, List<BalanceView> balances) {
    TextTable rows = new TextTable("balance", "of", "left", "held", "period ends", "would");
    for (BalanceView balance : balances) {
      rows.add(
          balance.name() + (balance.shadow() ? " (shadow)" : ""),
          balance.of().isEmpty() ? "-" : balance.of(),
          orUnknown(balance.balance()),
          orUnknown(balance.held()),
          seconds(balance.endsMillis()),
          would(balance.passing(), balance.note()));
    }
    text.append(rows);
  }

  private static void service(StringBuilder text, @Nullable ServiceView service) {
    if (service == null) {
      return;
    }
    TextTable rows = new TextTable("limiting service", "would");
    rows.add(service.service(), would(service.passing(), service.note()));
    TextTable conditions = new TextTable("  condition", "is", "holds");
    for (ServiceView.Condition each : service.conditions()) {
      conditions.add("  " + each.of(), each.is(), each.holds() ? "yes" : "no");
    }
    TextTable keys = new TextTable("  key", "of");
    for (ServiceView.Key each : service.keys()) {
      keys.add("  " + (each.key() == null ? "none" : each.key()), key(each));
    }
    text.append(rows).append(conditions).append(keys);
  }

  private static String key(ServiceView.Key key) {
    return key.missing() == null
        ? key.template()
        : key.template() + ", of which the request lacks " + key.missing();
  }

  private static String result(Explanation explanation) {
    Explanation.Result result = explanation.result();
    if (result.passes()) {
      ServiceView service = explanation.service();
      return service != null && service.concerned()
          ? "would pass, if its limiting service allows it, which was not asked"
          : "would pass";
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

  /** What is in force, and beside it the usual number where that is another. */
  private static String amount(LimitView limit) {
    return limit.limit()
        + " "
        + limit.unit()
        + (limit.limit() == limit.usual() ? "" : ", usually " + limit.usual());
  }

  private static String both(String one, String other) {
    return one.isEmpty() || other.isEmpty() ? one + other : one + "; " + other;
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
