package io.tollgate.limiter;

/** The same limits in a Redis Cluster, whose servers refuse a script that leaves its slot. */
class RedisLimiterOnClusterTest extends RedisLimiterTest {
  /** One master, so that what a test asks of the server it asks of the one that has the keys. */
  @Override
  RedisFixture startServer() throws Exception {
    return RedisFixture.startCluster(directory, 1);
  }
}
