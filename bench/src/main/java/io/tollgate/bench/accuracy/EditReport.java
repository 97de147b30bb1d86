package io.tollgate.bench.accuracy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of a run of edits.
 *
 * @param streams that were opened
 * @param whole streams that came to their end
 * @param billed what the counter has in the end
 * @param made what the provider has made
 */
record EditReport(
    List<Edit> edits, int streams, long whole, List<Probe> probes, long billed, long made) {
  EditReport {
    edits = List.copyOf(edits);
    probes = List.copyOf(probes);
  }

  /**
   * The counter that all requests share.
   *
   * @param open requests that hold tokens on it
   */
  record Counter(long used, long held, int open) {}

  /**
   * One edit.
   *
   * @param seenMillis until each node went by it, from the moment it was sent
   */
  record Edit(String what, Counter before, Counter after, List<Double> seenMillis) {}

  /**
   * A request that came after an edit.
   *
   * @param expected whether it should pass
   */
  record Probe(String what, boolean expected, boolean passed) {}

  boolean isRight() {
    return billed == made
        && whole == streams
        && probes.stream().allMatch(probe -> probe.expected() == probe.passed())
        && edits.stream().allMatch(edit -> edit.after().used() >= edit.before().used());
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Edit edit : edits) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s%n  before: used %,d, held %,d, in flight %,d%n  after:  used %,d, held %,d, in"
                  + " flight %,d%n  in force after %s ms (node by node)%n",
              edit.what(),
              edit.before().used(),
              edit.before().held(),
              edit.before().open(),
              edit.after().used(),
              edit.after().held(),
              edit.after().open(),
              millis(edit)));
    }
    for (Probe probe : probes) {
      text.append(
          String.format(
              "%s: %s, as %s%n",
              probe.what(),
              probe.passed() ? "passed" : "refused",
              probe.expected() == probe.passed() ? "expected" : "NOT expected"));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "streams %,d, of these whole %,d%nbilled %,d, made %,d: difference %,d%n",
                streams,
                whole,
                billed,
                made,
                billed - made))
        .toString();
  }

  List<String> rows() {
    List<String> rows = new ArrayList<>();
    rows.add("edit,used_before,held_before,open_before,used_after,held_after,open_after,seen_ms");
    for (Edit edit : edits) {
      rows.add(
          String.format(
              Locale.ROOT,
              "%s,%d,%d,%d,%d,%d,%d,%s",
              edit.what(),
              edit.before().used(),
              edit.before().held(),
              edit.before().open(),
              edit.after().used(),
              edit.after().held(),
              edit.after().open(),
              millis(edit)));
    }
    return rows;
  }

  private static String millis(Edit edit) {
    return edit.seenMillis().stream()
        .map(millis -> String.format(Locale.ROOT, "%.0f", millis))
        .reduce((one, other) -> one + " " + other)
        .orElse("");
  }
}
