package io.tollgate.bench.accuracy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What came of a trial.
 *
 * @param outages when Redis was away
 * @param strayTokens what the provider made by its own sums beyond what it made for known calls
 */
record Outcome(
    Trial trial,
    List<Call> calls,
    List<Audit> audits,
    List<CapUse> caps,
    List<Killing> killings,
    List<Span> outages,
    Settling.End settled,
    long strayTokens) {
  Outcome {
    calls = List.copyOf(calls);
    audits = List.copyOf(audits);
    caps = List.copyOf(caps);
    killings = List.copyOf(killings);
    outages = List.copyOf(outages);
  }

  long count(Ending ending) {
    return calls.stream().filter(call -> call.ending() == ending).count();
  }

  /** The invariants that do not hold, a line each; none when the books are right. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    for (Audit audit : audits) {
      Arrays.stream(Account.Fault.values())
          .filter(fault -> fault != Account.Fault.NONE && !audit.with(fault).isEmpty())
          .forEach(
              fault ->
                  broken.add(
                      "%s: %d %s"
                          .formatted(audit.book(), audit.with(fault).size(), fault.label())));
      Share exact = audit.exact();
      if (exact.billed() != exact.made()) {
        broken.add(
            "%s: %d tokens billed of %d made, finished answers only"
                .formatted(audit.book(), exact.billed(), exact.made()));
      }
    }
    if (count(Ending.FINISHED) == 0) {
      broken.add("not one call has finished, so nothing was measured");
    }
    if (count(Ending.HUNG) > 0) {
      broken.add(count(Ending.HUNG) + " calls hung");
    }
    if (settled.holdsLeft() > 0) {
      broken.add(settled.holdsLeft() + " holds were left");
    }
    if (!settled.quiet()) {
      broken.add("the books did not come to rest");
    }
    if (strayTokens != 0) {
      broken.add(strayTokens + " tokens were made for calls that nobody made");
    }
    return broken;
  }
}
