package io.tollgate.quota;

import io.tollgate.contract.quota.AccountChange.Note;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One line for a ledger to write or read, as {@code ledger.lua} takes it.
 *
 * @param key the balance's Redis key
 * @param requestId empty where no request is concerned
 * @param first the verb's first number
 * @param second the verb's second number, zero for most
 * @param terms of a budget, as {@link BudgetTerms#text} makes them; empty for a plain balance
 * @param note who makes a change, why, and under which key it is made only once, each on a line; of
 *     a reservation whether it is {@link #joined}
 */
record Entry(
    Verb verb, String key, String requestId, long first, long second, String terms, String note) {
  /** The most tokens that Lua can count with exactly; no request uses as many. */
  private static final long MAX_TOKENS = (1L << 53) - 1;

  static final long NEVER_HELD = -1;

  /** How many keys an entry has. */
  static final int KEYS = 2;

  /** How many arguments an entry has. */
  static final int ARGS = 6;

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  enum Verb {
    RESERVE("reserve"),
    SETTLE("settle"),
    RENEW("renew"),
    REAP("reap"),
    READ("read"),
    SET("set"),
    ADD("add"),
    GRANT("grant");

    private final String word;

    Verb(String word) {
      this.word = word;
    }
  }

  private Entry(Verb verb, String key, String requestId, long first, long second) {
    this(verb, key, requestId, first, second, BudgetTerms.PLAIN, "");
  }

  static Entry reserve(String key, String requestId, long estimate) {
    return new Entry(Verb.RESERVE, key, requestId, Math.clamp(estimate, 1, MAX_TOKENS), 0);
  }

  /**
   * @param ageMillis how long ago the request ended, {@link #NEVER_HELD} when nothing was held for
   *     it
   */
  static Entry settle(String key, String requestId, long used, long ageMillis) {
    return new Entry(Verb.SETTLE, key, requestId, count(used), Math.max(NEVER_HELD, ageMillis));
  }

  static Entry renew(String key, String requestId, long used, long held) {
    return new Entry(Verb.RENEW, key, requestId, count(used), count(held));
  }

  static Entry reap(String key) {
    return new Entry(Verb.REAP, key, "", 0, 0);
  }

  static Entry read(String key) {
    return new Entry(Verb.READ, key, "", 0, 0);
  }

  static Entry set(String key, long tokens) {
    return new Entry(Verb.SET, key, "", tokens, 0);
  }

  static Entry add(String key, long tokens) {
    return new Entry(Verb.ADD, key, "", tokens, 0);
  }

  /**
   * @param expiryMillis when what is left of it is taken away, zero for never
   */
  static Entry grant(String key, long tokens, long expiryMillis) {
    return new Entry(Verb.GRANT, key, "", tokens, expiryMillis);
  }

  /** The same entry on a budget of these terms. */
  Entry on(String budgetTerms) {
    return new Entry(verb, key, requestId, first, second, budgetTerms, note);
  }

  /** The same reservation, made only together with the one before it in the call. */
  Entry joined() {
    return new Entry(verb, key, requestId, first, second, terms, "joined");
  }

  /** The same change with a note for the audit trail. */
  Entry noted(Note by) {
    String lines =
        line(by.who())
            + '\n'
            + line(Objects.requireNonNullElse(by.why(), ""))
            + '\n'
            + line(Objects.requireNonNullElse(by.idempotencyKey(), ""));
    return new Entry(verb, key, requestId, first, second, terms, lines);
  }

  private static String line(String text) {
    return CONTROL.matcher(text).replaceAll(" ");
  }

  /** Whether the answer says how much is held. */
  boolean tellsHeld() {
    return switch (verb) {
      case RESERVE, READ, SET, ADD, GRANT -> true;
      case SETTLE, RENEW, REAP -> false;
    };
  }

  /**
   * Adds the balance's key and that of its holds, whose hash tag is the whole of the balance's. The
   * script makes the keys of settled requests of the same tag.
   */
  void addTo(List<String> keys, List<String> args) {
    keys.add(key);
    keys.add('{' + key + "}:holds");
    args.add(verb.word);
    args.add(requestId);
    args.add(Long.toString(first));
    args.add(Long.toString(second));
    args.add(terms);
    args.add(note);
  }

  /** Whether there is a hold afterwards. */
  boolean takesHold() {
    return verb == Verb.RESERVE || verb == Verb.RENEW;
  }

  private static long count(long tokens) {
    return Math.clamp(tokens, 0, MAX_TOKENS);
  }
}
