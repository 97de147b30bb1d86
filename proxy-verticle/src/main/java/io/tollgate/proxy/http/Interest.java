package io.tollgate.proxy.http;

import io.tollgate.contract.config.ClientDisconnect;
import org.jspecify.annotations.Nullable;

/**
 * Whether a provider's answer is still wanted: by its client, or after it left, for the bill.
 * Confined to the request's event loop.
 */
public final class Interest {
  private final ClientLink client;
  private final ClientDisconnect onDisconnect;
  private final Drains drains;
  private @Nullable Runnable whenUnseen;
  private @Nullable Runnable whenLost;
  private Drains.@Nullable Drain drain;
  private long bytesLeft;
  private boolean lost;

  public Interest(ClientLink client, ClientDisconnect onDisconnect, Drains drains) {
    this.client = client;
    this.onDisconnect = onDisconnect;
    this.drains = drains;
    client.whenGone(this::clientLeft);
  }

  /** Whether the client has left, so that nobody sees what still comes. */
  public boolean isUnseen() {
    return client.isGone();
  }

  /** Whether nobody wants any more of the answer. */
  public boolean isLost() {
    return lost;
  }

  /** What to do when nobody wants any more, in place of what was to be done before. */
  public void whenLost(Runnable action) {
    whenLost = action;
    if (lost) {
      action.run();
    }
  }

  /** What to do when the client leaves and the answer is wanted all the same. */
  public void whenUnseen(Runnable action) {
    whenUnseen = action;
  }

  /** So many bytes of the answer came that nobody sees. */
  public void unseen(int bytes) {
    bytesLeft -= bytes;
    if (bytesLeft < 0) {
      lose();
    }
  }

  /** Gives up a client that takes nothing any more. */
  public void dismissClient() {
    client.dismiss();
  }

  /** The answer is over. */
  public void end() {
    client.release();
    whenLost = null;
    whenUnseen = null;
    if (drain != null) {
      drain.over();
    }
  }

  private void clientLeft() {
    switch (onDisconnect) {
      case ClientDisconnect.Cancel cancel -> lose();
      case ClientDisconnect.Drain bounds -> {
        bytesLeft = bounds.bytes();
        drain = drains.begin(bounds.time(), this::lose);
        if (drain == null) {
          lose();
        } else if (whenUnseen != null) {
          whenUnseen.run();
        }
      }
    }
  }

  private void lose() {
    if (!lost) {
      lost = true;
      if (whenLost != null) {
        whenLost.run();
      }
    }
  }
}
