package io.tollgate.bench.accuracy;

import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.time.Duration;

/** The Redis servers of a run, and what can happen to them. Used from one thread. */
interface Store extends AutoCloseable {
  /** The {@code store} section of the gateway's configuration. */
  String yaml();

  /** How the books are read. */
  RedisOptions client();

  /** How it can be away. */
  enum Outage {
    /** It is killed, and started again on what it had. */
    KILLED,
    /** It is halted, with its connections open, and goes on later. */
    HALTED,
    /** Its master is killed, and comes back as a replica; another takes over. */
    FAILOVER
  }

  /**
   * Lets that happen; returns when it is over.
   *
   * @param length until what was ended comes back
   */
  void suffer(Outage outage, Duration length) throws IOException, InterruptedException;

  @Override
  void close();
}
