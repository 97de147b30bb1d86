package io.tollgate.bench.accuracy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call of a run, as plan, client and provider have it.
 *
 * @param killedMillis when the node that it was sent to was killed; null when it was not
 */
record Call(CallPlan plan, Heard heard, Made made, @Nullable Long killedMillis) {
  /** Within this part of what was made an estimate can't be told from a lost or a double bill. */
  private static final double GROSS = 0.5;

  private static final long FEW_TOKENS = 40;

  Ending ending() {
    return Ending.of(heard, made, killedMillis);
  }

  /**
   * What may be billed for it so that it is neither lost nor billed twice. How good an estimate is,
   * is another question.
   *
   * @param stamp how old the count of a killed node's open call may be
   */
  Range billable(Duration stamp) {
    long tokens = made.tokens();
    return switch (ending()) {
      case FINISHED -> new Range(tokens, tokens);
      case UNREPORTED, LEFT, BROKEN, HUNG -> new Range(least(tokens), most(tokens));
      case KILLED -> new Range(least(stamped(stamp)), most(tokens));
      case NONE -> heard.end() == Heard.End.REFUSED ? Range.NOTHING : new Range(0, FEW_TOKENS);
    };
  }

  /** What had been made when the last stamp before the kill was due at the latest. */
  private long stamped(Duration stamp) {
    if (killedMillis == null || made.answers() == 0) {
      return 0;
    }
    long age = killedMillis - made.begunMillis();
    long counted = age - stamp.toMillis();
    return counted <= 0 ? 0 : made.prompt() + made.completion() * counted / age;
  }

  private static long least(long tokens) {
    return Math.round(tokens * GROSS);
  }

  private long most(long tokens) {
    // Before an answer begins, a call that is given up may cost its prompt, which nobody counted.
    long unseen = made.answers() == 0 ? plan.prompt().length() : 0;
    return Math.max(tokens + FEW_TOKENS, Math.round(tokens * (2 - GROSS))) + unseen;
  }
}
