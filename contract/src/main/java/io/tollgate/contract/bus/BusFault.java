package io.tollgate.contract.bus;

import io.vertx.core.eventbus.ReplyException;
import java.util.concurrent.TimeoutException;

/**
 * The conversation over the bus failed: there is no answer, neither yes nor no.
 *
 * <p>Carries no stack trace: it is expected whenever a node dies.
 */
public final class BusFault extends RuntimeException {
  /** What went wrong. */
  public enum Kind {
    /** Nobody serves the address. */
    UNAVAILABLE,
    /** No answer within the address's timeout. */
    TIMED_OUT,
    /** The service failed while it answered. */
    FAILED,
    /** The two sides do not understand one another's records. */
    INCOMPATIBLE
  }

  private final Kind kind;

  private BusFault(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  static BusFault unavailable(Address<?, ?> address) {
    return new BusFault(
        Kind.UNAVAILABLE,
        "no node serves " + address.name() + " (role " + address.role().label() + ")");
  }

  static BusFault of(Address<?, ?> address, Throwable cause) {
    return switch (cause) {
      case BusFault fault -> fault;
      case ReplyException reply ->
          new BusFault(kindOf(reply), address.name() + ": " + reply.getMessage());
      case TimeoutException timeout -> new BusFault(Kind.TIMED_OUT, address.name() + ": timed out");
      case IllegalArgumentException codec ->
          new BusFault(Kind.INCOMPATIBLE, address.name() + ": " + codec.getMessage());
      default -> new BusFault(Kind.FAILED, address.name() + ": " + cause);
    };
  }

  private static Kind kindOf(ReplyException reply) {
    return switch (reply.failureType()) {
      case TIMEOUT -> Kind.TIMED_OUT;
      case NO_HANDLERS -> Kind.UNAVAILABLE;
      case RECIPIENT_FAILURE -> Kind.FAILED;
      case ERROR -> Kind.INCOMPATIBLE;
    };
  }
}
