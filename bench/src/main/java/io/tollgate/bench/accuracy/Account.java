package io.tollgate.bench.accuracy;

import java.util.List;
import java.util.Locale;

/**
 * One account of a book beside the calls that it pays for.
 *
 * @param billable what may stand there
 */
record Account(String name, List<Call> calls, Range billable, long billed) {
  Account {
    calls = List.copyOf(calls);
  }

  /** What is wrong with it. */
  enum Fault {
    NONE,
    /** Nothing is billed of what was made. */
    LOST,
    /** Less than what was made. */
    SHORT,
    /** Twice what was made, or more. */
    DOUBLE,
    /** More than what was made. */
    OVER;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Fault fault() {
    long miss = billable.miss(billed);
    if (miss < 0) {
      return billed <= 0 ? Fault.LOST : Fault.SHORT;
    }
    if (miss > 0) {
      return billed >= 2 * made() ? Fault.DOUBLE : Fault.OVER;
    }
    return Fault.NONE;
  }

  long made() {
    return calls.stream().mapToLong(call -> call.made().tokens()).sum();
  }

  /** Whether all that it pays for is known to the token. */
  boolean isExact() {
    return isAll(Ending.FINISHED);
  }

  boolean isAll(Ending ending) {
    return calls.stream().allMatch(call -> call.ending() == ending || isFree(call))
        && calls.stream().anyMatch(call -> call.ending() == ending);
  }

  private static boolean isFree(Call call) {
    return call.ending() == Ending.NONE && call.heard().end() == Heard.End.REFUSED;
  }
}
