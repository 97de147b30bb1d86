package io.tollgate.bench.accuracy;

import io.tollgate.bench.accuracy.Heard.End;
import org.jspecify.annotations.Nullable;

/** Calls as tests need them. All begin at 10,000 ms. */
final class Calls {
  static final long START = 10_000;

  private Calls() {}

  /** Whole, and of so many tokens. */
  static Call finished(String id, String consumer, int tokens) {
    return call(id, consumer, End.WHOLE, 200, made(10, tokens - 10, true, true), null);
  }

  static Call unreported(String id, int tokens) {
    return call(id, id, End.WHOLE, 200, made(10, tokens - 10, true, false), null);
  }

  static Call left(String id, int tokens) {
    return call(id, id, End.LEFT, 200, made(10, tokens - 10, false, false), null);
  }

  static Call refused(String id, String consumer) {
    return call(id, consumer, End.REFUSED, 429, Made.NOTHING, null);
  }

  /** Its answer of so many tokens was cut after so many milliseconds by the end of its node. */
  static Call killed(String id, int prompt, int completion, long ageMillis) {
    return call(id, id, End.BROKEN, 200, made(prompt, completion, false, false), START + ageMillis);
  }

  static Made made(int prompt, int completion, boolean whole, boolean told) {
    return new Made(1, START, prompt, completion, whole, told);
  }

  static Call call(
      String id,
      String consumer,
      End end,
      @Nullable Integer status,
      Made made,
      @Nullable Long killedMillis) {
    return new Call(
        plan(id, consumer, null),
        new Heard(
            end,
            "node-1.1",
            status,
            "request-" + id,
            START,
            START + 50,
            killedMillis == null ? START + 1000 : killedMillis + 5,
            made.answers()),
        made,
        killedMillis);
  }

  static CallPlan plan(String id, String consumer, @Nullable String fault) {
    return new CallPlan(
        id, "lane", consumer, "gpt-4o", "a prompt", true, false, null, fault, null, null);
  }
}
