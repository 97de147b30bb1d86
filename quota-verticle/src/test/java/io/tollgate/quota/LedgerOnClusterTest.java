package io.tollgate.quota;

/** The same book in a Redis Cluster, whose servers refuse a script that leaves its slot. */
class LedgerOnClusterTest extends LedgerTest {
  /** One master, so that what a test asks of the server it asks of the one that has the keys. */
  @Override
  RunningRedis startServer() throws Exception {
    return RunningRedis.cluster(1);
  }
}
