package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig.Server;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * Asks sentinels for the master: the one that answered last, and when it does not, the next. Used
 * on one event loop.
 */
final class Sentinels implements Locator {
  private final LinkSite site;
  private final SentinelAddress address;
  private int current;
  private @Nullable Session session;
  private @Nullable Future<RedisEndpoint> asking;
  private boolean closed;

  Sentinels(LinkSite site, SentinelAddress address) {
    this.site = site;
    this.address = address;
  }

  @Override
  public Future<RedisEndpoint> locate() {
    Future<RedisEndpoint> underWay = asking;
    if (underWay != null && !underWay.isComplete()) {
      return underWay;
    }
    Future<RedisEndpoint> answer = ask(address.sentinels().size());
    asking = answer;
    return answer;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return drop();
  }

  private Future<RedisEndpoint> ask(int attempts) {
    return session()
        .compose(
            open ->
                open.send(
                    Request.cmd(Command.SENTINEL)
                        .arg("GET-MASTER-ADDR-BY-NAME")
                        .arg(address.master())))
        .compose(this::master)
        .recover(
            fault -> {
              drop();
              current = (current + 1) % address.sentinels().size();
              return attempts > 1 && !closed ? ask(attempts - 1) : Future.failedFuture(fault);
            });
  }

  private Future<Session> session() {
    Session open = session;
    return open != null
        ? Future.succeededFuture(open)
        : Session.open(site, address.sentinels().get(current)).compose(this::opened);
  }

  private Future<Session> opened(Session fresh) {
    if (closed) {
      fresh.close();
      return Future.failedFuture(site.fault(StoreFault.Kind.UNREACHABLE, "closed"));
    }
    session = fresh;
    fresh.onEnd(
        reason -> {
          if (fresh.equals(session)) {
            drop();
          }
        });
    return Future.succeededFuture(fresh);
  }

  private Future<RedisEndpoint> master(@Nullable Response place) {
    if (place == null || place.size() < 2) {
      return Future.failedFuture(
          site.fault(
              StoreFault.Kind.UNREACHABLE,
              "the sentinel at "
                  + address.sentinels().get(current).uri()
                  + " knows no master named "
                  + address.master()));
    }
    Server server = new Server(place.get(0).toString(), Integer.parseInt(place.get(1).toString()));
    return Future.succeededFuture(address.entry().at(server));
  }

  private Future<Void> drop() {
    Session last = session;
    session = null;
    return last == null ? Future.succeededFuture() : last.close();
  }
}
