package io.tollgate.contract.bus;

import io.tollgate.contract.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;

/**
 * Tells the other nodes of a cluster which roles this one plays, every second, and hears them.
 * Lives from {@link #start} to {@link #stop}.
 */
public final class Presence {
  /** The announcement itself. */
  public static final Topic<NodeAlive> NODE_ALIVE =
      new Topic<>("tollgate.event.node-alive", NodeAlive.class);

  private static final long INTERVAL_MILLIS = 1000;

  private final Vertx vertx;
  private final Directory directory;
  private final List<Role> roles;
  private final Subscription others;
  private final long timer;

  private Presence(Vertx vertx, Directory directory, Collection<Role> roles) {
    this.vertx = vertx;
    this.directory = directory;
    this.roles = List.copyOf(roles);
    this.others = NODE_ALIVE.subscribe(vertx, directory::heard);
    this.timer = vertx.setPeriodic(INTERVAL_MILLIS, id -> announce(false));
  }

  /** Completes when this node hears the others; they hear it from its first announcement on. */
  public static Future<Presence> start(Vertx vertx, Directory directory, Collection<Role> roles) {
    Presence presence = new Presence(vertx, directory, roles);
    return presence.others.completion().map(heard -> presence.announce(false));
  }

  /** Says goodbye, so that no other node sends questions here any more. */
  public Future<Void> stop() {
    vertx.cancelTimer(timer);
    announce(true);
    return others.close();
  }

  private Presence announce(boolean leaving) {
    NODE_ALIVE.publish(vertx, new NodeAlive(directory.node(), roles, leaving));
    return this;
  }
}
