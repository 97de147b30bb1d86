package io.tollgate.quota;

import io.tollgate.contract.hold.HoldModel;
import io.tollgate.contract.hold.HoldModel.Hold;
import org.jspecify.annotations.Nullable;

/** What a ledger should answer about one account, by {@link HoldModel}. */
final class AccountModel {
  /** The age of an event that comes when its settlement may be forgotten. */
  static final long LATE_MILLIS = 24 * 60 * 60 * 1000L;

  private final HoldModel model = new HoldModel();
  private int window = 1;

  AccountModel() {
    model.write(0);
  }

  /** What the account answers; null for what the entry does not tell. */
  @Nullable Line write(Entry entry) {
    model.sweep();
    return switch (entry.verb()) {
      case RESERVE -> reserve(entry.requestId(), entry.first());
      case SETTLE -> settle(entry.requestId(), entry.first(), entry.second());
      case RENEW -> renew(entry.requestId(), entry.first(), entry.second());
      case REAP -> null;
      case READ -> read();
      case SET -> {
        writeFromOutside(entry.first());
        yield read();
      }
      case ADD -> {
        writeFromOutside(balance() + entry.first());
        yield read();
      }
      case GRANT -> throw new IllegalArgumentException("plain balances take no grants");
    };
  }

  /** Another program writes the balance. */
  void writeFromOutside(long tokens) {
    model.write(-tokens);
  }

  long balance() {
    return -model.used();
  }

  /** The node that serves the request dies. */
  void die(String id) {
    model.leaseRunsOut(id);
  }

  void forgetSettled() {
    model.forgetSettled();
  }

  void loseEverything() {
    model.loseEverything();
    model.write(0);
    window++;
  }

  private Line read() {
    return new Line(false, balance(), model.held(), 0);
  }

  private Line reserve(String id, long estimate) {
    if (!model.admits(id, estimate, 0, false)) {
      return new Line(true, balance(), model.held(), 0);
    }
    Hold hold = model.take(id, estimate, 0);
    return new Line(false, balance(), model.held(), hold.billed() ? 0 : hold.tokens());
  }

  private @Nullable Line settle(String id, long used, long ageMillis) {
    boolean held = ageMillis != Entry.NEVER_HELD;
    boolean late = ageMillis >= LATE_MILLIS;
    model.settle(id, used, held ? told(0) : Hold.NONE, late);
    return null;
  }

  private @Nullable Line renew(String id, long used, long tokens) {
    model.renew(id, used, told(tokens));
    return null;
  }

  private Hold told(long tokens) {
    return new Hold(tokens, window, 0, false);
  }
}
