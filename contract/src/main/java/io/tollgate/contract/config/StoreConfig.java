package io.tollgate.contract.config;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One store: a Redis, or several that stand for one. */
public sealed interface StoreConfig {
  /** The id of the node's own store. */
  String NODE = "node";

  /** How long one command may take. */
  Duration timeout();

  /** A Redis that the node starts for itself. */
  record Embedded(Duration timeout) implements StoreConfig {}

  /** A store that somebody else runs. Prints without its passwords. */
  sealed interface Remote extends StoreConfig {
    /** Where it is and which database is meant: the same for all who mean the same store. */
    String place();

    /** Null for Redis's default user. */
    @Nullable String user();

    /** Null when it asks for none. */
    @Nullable String password();

    int database();

    /** The same store, entered and timed in another way. */
    Remote with(@Nullable String user, @Nullable String password, int database, Duration timeout);

    default Remote with(Duration timeout) {
      return with(user(), password(), database(), timeout);
    }
  }

  /** Where one server listens. */
  record Server(String host, int port) {
    @Override
    public String toString() {
      return (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
    }
  }

  /** One Redis at one address. */
  record Standalone(
      String host,
      int port,
      boolean tls,
      @Nullable String user,
      @Nullable String password,
      int database,
      Duration timeout)
      implements Remote {
    @Override
    public String place() {
      return new Server(host, port) + "/" + database;
    }

    @Override
    public Remote with(
        @Nullable String user, @Nullable String password, int database, Duration timeout) {
      return new Standalone(host, port, tls, user, password, database, timeout);
    }

    @Override
    public String toString() {
      return (tls ? "rediss://" : "redis://") + place();
    }
  }

  /**
   * A master and its replicas, watched by sentinels that say which one is the master.
   *
   * @param sentinels where they listen
   * @param master the name by which they know it
   * @param tls on connections to all of them
   * @param user for master and replicas, as are password and database
   * @param sentinelPassword for the sentinels, null when they ask for none
   */
  record Sentinel(
      List<Server> sentinels,
      String master,
      boolean tls,
      @Nullable String user,
      @Nullable String password,
      int database,
      @Nullable String sentinelUser,
      @Nullable String sentinelPassword,
      Duration timeout)
      implements Remote {
    public Sentinel {
      sentinels = inOrder(sentinels);
    }

    @Override
    public String place() {
      return "sentinel/" + master + '/' + placesOf(sentinels) + '/' + database;
    }

    @Override
    public Remote with(
        @Nullable String user, @Nullable String password, int database, Duration timeout) {
      return new Sentinel(
          sentinels,
          master,
          tls,
          user,
          password,
          database,
          sentinelUser,
          sentinelPassword,
          timeout);
    }

    @Override
    public String toString() {
      return place();
    }
  }

  /**
   * A Redis Cluster.
   *
   * @param nodes some of them; the others are learned
   * @param tls on connections to all of them
   */
  record Cluster(
      List<Server> nodes,
      boolean tls,
      @Nullable String user,
      @Nullable String password,
      Duration timeout)
      implements Remote {
    public Cluster {
      nodes = inOrder(nodes);
    }

    @Override
    public String place() {
      return "cluster/" + placesOf(nodes);
    }

    /** A cluster has no other. */
    @Override
    public int database() {
      return 0;
    }

    @Override
    public Remote with(
        @Nullable String user, @Nullable String password, int database, Duration timeout) {
      return new Cluster(nodes, tls, user, password, timeout);
    }

    @Override
    public String toString() {
      return place();
    }
  }

  /** Lists of the same servers are the same store, however they are written. */
  private static List<Server> inOrder(List<Server> servers) {
    return servers.stream().sorted(Comparator.comparing(Server::toString)).toList();
  }

  private static String placesOf(List<Server> servers) {
    return servers.stream().map(Server::toString).collect(Collectors.joining(","));
  }
}
