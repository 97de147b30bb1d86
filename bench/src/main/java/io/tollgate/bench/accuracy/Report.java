package io.tollgate.bench.accuracy;

import java.util.Arrays;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An outcome for people. */
final class Report {
  private static final List<Ending> ESTIMATED =
      List.of(Ending.LEFT, Ending.BROKEN, Ending.UNREPORTED, Ending.KILLED);

  private Report() {}

  static String of(Outcome outcome) {
    Formatter text = new Formatter(Locale.ROOT);
    head(outcome, text);
    books(outcome, text);
    estimates(outcome, text);
    outcome.caps().forEach(cap -> cap(cap, text));
    kills(outcome, text);
    rest(outcome, text);
    List<String> broken = outcome.broken();
    text.format("  %s%n", broken.isEmpty() ? "every invariant holds" : "BROKEN");
    broken.forEach(one -> text.format("    %s%n", one));
    return text.toString();
  }

  private static void head(Outcome outcome, Formatter text) {
    Trial trial = outcome.trial();
    text.format(
        "%n%s: %d s, nodes %d, Redis %s, fail %s%n",
        trial.name(),
        trial.length().toSeconds(),
        trial.nodes(),
        trial.store().name().toLowerCase(Locale.ROOT),
        trial.fail());
    text.format(
        "  calls %d: %s%n",
        outcome.calls().size(),
        Arrays.stream(Ending.values())
            .filter(ending -> outcome.count(ending) > 0)
            .map(ending -> ending.label() + " " + outcome.count(ending))
            .collect(Collectors.joining(", ")));
  }

  private static void books(Outcome outcome, Formatter text) {
    text.format(
        "  %-20s %9s %11s %11s %9s %5s %5s %6s %5s%n",
        "finished answers",
        "accounts",
        "made",
        "billed",
        "ratio",
        "lost",
        "short",
        "double",
        "over");
    for (Audit audit : outcome.audits()) {
      Share exact = audit.exact();
      text.format(
          "  %-20s %9d %11d %11d %9.6f %5d %5d %6d %5d%n",
          audit.book(),
          exact.accounts(),
          exact.made(),
          exact.billed(),
          exact.ratio(),
          audit.with(Account.Fault.LOST).size(),
          audit.with(Account.Fault.SHORT).size(),
          audit.with(Account.Fault.DOUBLE).size(),
          audit.with(Account.Fault.OVER).size());
    }
  }

  private static void estimates(Outcome outcome, Formatter text) {
    Audit byCall = outcome.audits().getFirst();
    for (Ending ending : ESTIMATED) {
      Share share = byCall.ended(ending);
      if (share.accounts() > 0) {
        text.format(
            "  %-20s %9d %11d %11d %9.3f   within 5 %%: %.1f %%%n",
            ending.label(),
            share.accounts(),
            share.made(),
            share.billed(),
            share.ratio(),
            100.0 * share.near() / share.accounts());
      }
    }
  }

  private static void cap(CapUse cap, Formatter text) {
    text.format(
        "  %-20s admitted/limit %.3f in the worst of %d windows, %d tokens (%.1f answers) over;"
            + " made/limit of all %.3f%n",
        cap.lane(),
        cap.ratio(),
        cap.windows(),
        cap.overshoot(),
        cap.overshootAnswers(),
        cap.madeRatio());
  }

  private static void kills(Outcome outcome, Formatter text) {
    if (!outcome.killings().isEmpty()) {
      text.format(
          "  kills %d, open calls then %d; holds of each free after %s ms%n",
          outcome.killings().size(),
          outcome.killings().stream().mapToInt(Killing::open).sum(),
          outcome.killings().stream()
              .map(killing -> Long.toString(killing.freeMillis()))
              .collect(Collectors.joining(", ")));
    }
  }

  private static void rest(Outcome outcome, Formatter text) {
    Waits waits = Waits.of(outcome.calls(), outcome.outages());
    if (!outcome.outages().isEmpty()) {
      text.format(
          "  Redis away %s s; longest wait for a head then %d ms, otherwise %d ms%n",
          outcome.outages().stream()
              .map(span -> String.format(Locale.ROOT, "%.1f", span.millis() / 1000.0))
              .collect(Collectors.joining(", ")),
          waits.away(),
          waits.otherwise());
    }
    text.format(
        "  after the last call: holds left %d, all free after %d ms%n",
        outcome.settled().holdsLeft(), outcome.settled().freeMillis());
  }
}
