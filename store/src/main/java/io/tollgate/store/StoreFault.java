package io.tollgate.store;

/**
 * A Redis did not do what it was asked. Carries no stack trace: it is expected whenever a Redis is
 * away. The message names the store and never a secret.
 */
public final class StoreFault extends RuntimeException {
  /** What went wrong. */
  public enum Kind {
    /** There is no connection; whether a command that was under way ran is unknown. */
    UNREACHABLE,
    /** No answer in time; the command may have run, or run yet. */
    TIMED_OUT,
    /** Redis answered with an error. */
    REFUSED
  }

  private final Kind kind;

  StoreFault(Kind kind, String store, String reason) {
    super("store " + store + ": " + reason, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
