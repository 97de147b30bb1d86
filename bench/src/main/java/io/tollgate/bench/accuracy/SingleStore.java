package io.tollgate.bench.accuracy;

import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One Redis server. */
final class SingleStore implements Store {
  private final RedisServer server;

  private SingleStore(RedisServer server) {
    this.server = server;
  }

  static Store start(Path dir) throws IOException, InterruptedException {
    SingleStore store = new SingleStore(RedisServer.ofData("redis", dir, List.of()));
    try {
      store.server.awaitReady();
      return store;
    } catch (IOException | InterruptedException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public String yaml() {
    return "store: { redis: \"redis://%s\" }".formatted(server.address());
  }

  @Override
  public RedisOptions client() {
    return new RedisOptions().setConnectionString("redis://" + server.address());
  }

  @Override
  public void suffer(Outage outage, Duration length) throws IOException, InterruptedException {
    if (outage == Outage.FAILOVER) {
      throw new IOException("one Redis alone has nobody to fail over to");
    }
    outage.happenTo(server, length);
  }

  @Override
  public void close() {
    server.close();
  }
}
