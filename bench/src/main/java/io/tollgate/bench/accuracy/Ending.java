package io.tollgate.bench.accuracy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a call ended, by what its client and the provider saw of it. */
enum Ending {
  /** Whole, and the provider said its usage: billed to the token. */
  FINISHED,
  /** Whole, but the provider said no usage. */
  UNREPORTED,
  /** The client left. */
  LEFT,
  /** The provider broke off. */
  BROKEN,
  /** The node that served it was killed meanwhile, or before it can have noticed the end. */
  KILLED,
  /** No answer was begun: refused, or never connected. */
  NONE,
  /** The client was still waiting long after every timeout. */
  HUNG;

  /** So soon before its end a node may not have known yet that a client had left. */
  private static final long UNNOTICED_MILLIS = 1000;

  /**
   * How it ended.
   *
   * @param killedMillis when the node that it was sent to was killed; null when it was not
   */
  static Ending of(Heard heard, Made made, @Nullable Long killedMillis) {
    boolean cut = killedMillis != null && killedMillis - heard.endMillis() < UNNOTICED_MILLIS;
    return switch (heard.end()) {
      case HUNG -> HUNG;
      case WHOLE -> made.whole() && made.told() ? FINISHED : UNREPORTED;
      case LEFT -> cut ? KILLED : LEFT;
      case BROKEN, NO_CONNECTION -> cut ? KILLED : unfinished(made);
      case REFUSED -> unfinished(made);
    };
  }

  private static Ending unfinished(Made made) {
    return made.answers() == 0 ? NONE : BROKEN;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
