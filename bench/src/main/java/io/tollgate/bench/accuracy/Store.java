package io.tollgate.bench.accuracy;

import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.time.Duration;

/** The Redis servers of a run, and what can happen to them. */
interface Store extends AutoCloseable {
  /** The {@code store} section of the gateway's configuration. */
  String yaml();

  /** How the books are read at this moment. From any thread. */
  RedisOptions client();

  /** How it can be away. */
  enum Outage {
    /** A server is killed, and started again on what it had. */
    KILLED,
    /** A server is halted, with its connections open, and goes on later. */
    HALTED,
    /** A master is killed, and comes back as a replica when another has taken over. */
    FAILOVER;

    /**
     * Lets it happen to one server; returns after that time, when the server is back unless another
     * is to take over.
     */
    void happenTo(RedisServer server, Duration length) throws IOException, InterruptedException {
      switch (this) {
        case KILLED -> {
          server.kill();
          Thread.sleep(length);
          server.startAgain();
        }
        case HALTED -> {
          server.halt();
          Thread.sleep(length);
          server.goOn();
        }
        case FAILOVER -> {
          server.kill();
          Thread.sleep(length);
        }
      }
    }
  }

  /**
   * Lets that happen; returns when it is over. From one thread.
   *
   * @param length until what was ended comes back
   * @throws IOException when these servers can't suffer that
   */
  void suffer(Outage outage, Duration length) throws IOException, InterruptedException;

  @Override
  void close();
}
