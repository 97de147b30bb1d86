package io.tollgate.store;

import io.tollgate.contract.config.StoreConfig.Server;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A link to a Redis Cluster: one to each master that has slots, so that a master that is away costs
 * its own slots only. The map of slots is looked at every second, and as soon as an answer shows
 * that it has changed.
 */
final class ClusterLink implements RedisLink {
  private static final long LOOK_MILLIS = 1000;
  private static final long PAUSE_MILLIS = 20;

  /** A command is sent on so often; a cluster whose servers disagree for longer is at fault. */
  private static final int MOST_REDIRECTIONS = 5;

  /** What is to be done on a master's link, and in which way where its slot is only just moving. */
  private record Job(
      Function<ServerLink, Future<Response>> plain,
      Function<ServerLink, Future<Response>> asking) {}

  private final LinkSite site;
  private final Topology topology;
  private final Map<Server, ServerLink> links = new HashMap<>();
  private final @Nullable ServerLink[] owners = new ServerLink[HashSlot.SLOTS];
  private final Promise<Void> firstAttempt = Promise.promise();
  private final long timer;

  private @Nullable SlotMap slots;
  private boolean looking;
  private boolean closed;

  private ClusterLink(LinkSite site, ClusterAddress address) {
    this.site = site;
    this.topology = new Topology(site, address);
    this.timer = site.vertx().setPeriodic(LOOK_MILLIS, tick -> look());
  }

  static ClusterLink open(LinkSite site, ClusterAddress address) {
    ClusterLink link = new ClusterLink(site, address);
    link.look();
    return link;
  }

  @Override
  public String id() {
    return site.store();
  }

  @Override
  public Future<Void> firstAttempt() {
    return firstAttempt.future();
  }

  @Override
  public int slot(Supplier<String> key) {
    return HashSlot.of(key.get());
  }

  @Override
  public Future<Response> run(Script script, List<String> keys, List<String> args) {
    return send(
        HashSlot.of(keys.getFirst()),
        new Job(link -> link.run(script, keys, args), link -> link.runAsking(script, keys, args)));
  }

  @Override
  public Future<Response> send(Command command, String... args) {
    Function<ServerLink, Future<Response>> job = link -> link.send(command, args);
    return send(HashSlot.of(args.length == 0 ? "" : args[0]), new Job(job, job));
  }

  @Override
  public <Q, A> Batcher<Q, A> batcher(
      int maxBatch, ToIntFunction<Q> slot, Function<List<Q>, Future<List<A>>> call) {
    return new Batcher<>(site, maxBatch, slot, call);
  }

  @Override
  public StoreFault judge(String error) {
    StoreFault fault = StoreFault.of(site.store(), error);
    site.metrics().failed(fault.kind());
    if (fault.kind().isOfStore()) {
      site.health().faulty(this, fault);
    }
    return fault;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    site.vertx().cancelTimer(timer);
    firstAttempt.tryComplete();
    site.health().left(this);
    List<Future<Void>> ends = new ArrayList<>();
    links.values().forEach(link -> ends.add(link.close()));
    links.clear();
    return ends.isEmpty() ? Future.succeededFuture() : Future.join(ends).mapEmpty();
  }

  private Future<Response> send(int slot, Job job) {
    ServerLink owner = owners[slot];
    if (owner == null) {
      site.metrics().failed(StoreFault.Kind.CLUSTER_DOWN);
      return Future.failedFuture(
          site.fault(StoreFault.Kind.CLUSTER_DOWN, "no server is known to have slot " + slot));
    }
    return job.plain()
        .apply(owner)
        .recover(failure -> elsewhere(slot, job, site.faultOf(failure), MOST_REDIRECTIONS));
  }

  private Future<Response> elsewhere(int slot, Job job, StoreFault fault, int redirections) {
    if (fault.kind() == StoreFault.Kind.CLUSTER_DOWN) {
      look();
    }
    if (fault.kind() != StoreFault.Kind.MOVING || redirections == 0 || closed) {
      return Future.failedFuture(fault);
    }
    return redirected(slot, job, fault)
        .recover(failure -> elsewhere(slot, job, site.faultOf(failure), redirections - 1));
  }

  private Future<Response> redirected(int slot, Job job, StoreFault fault) {
    if (fault.is("TRYAGAIN")) {
      ServerLink owner = owners[slot];
      return site.vertx()
          .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
          .compose(paused -> owner == null ? Future.failedFuture(fault) : job.plain().apply(owner));
    }
    Server target = topology.targetOf(fault.reason());
    if (target == null) {
      return Future.failedFuture(fault);
    }
    ServerLink link = linkTo(target, true);
    boolean hasMoved = fault.is("MOVED");
    if (hasMoved) {
      owners[slot] = link;
      look();
    }
    return link.firstAttempt()
        .compose(tried -> (hasMoved ? job.plain() : job.asking()).apply(link));
  }

  /** Asks who has which slots, unless that is being asked. */
  private void look() {
    if (looking || closed) {
      return;
    }
    looking = true;
    topology
        .look(links)
        .onComplete(
            seen -> {
              looking = false;
              apply(seen);
              site.health().well(this);
            },
            failure -> {
              looking = false;
              if (!closed) {
                StoreFault fault = site.faultOf(failure);
                site.metrics().failed(fault.kind());
                site.health().faulty(this, fault);
              }
              firstAttempt.tryComplete();
            });
  }

  /** What is older than what is known comes from a server that was cut off. */
  private void apply(SlotMap seen) {
    SlotMap known = slots;
    if (closed || seen.equals(known) || (known != null && seen.epoch() < known.epoch())) {
      return;
    }
    slots = seen;
    Arrays.fill(owners, null);
    seen.ranges()
        .forEach(
            (master, ranges) -> {
              ServerLink link = linkTo(master, known != null);
              ranges.forEach(range -> Arrays.fill(owners, range.first(), range.last() + 1, link));
            });
    links
        .entrySet()
        .removeIf(
            link -> {
              boolean isGone = !seen.masters().contains(link.getKey());
              if (isGone) {
                link.getValue().close();
              }
              return isGone;
            });
    Future.join(links.values().stream().map(ServerLink::firstAttempt).toList())
        .onComplete(tried -> firstAttempt.tryComplete());
  }

  private ServerLink linkTo(Server master, boolean isSuccessor) {
    return links.computeIfAbsent(
        master,
        server ->
            ServerLink.open(
                site,
                topology.endpointOf(server),
                isSuccessor,
                () -> probeKey(server),
                this::look));
  }

  private String probeKey(Server master) {
    SlotMap known = slots;
    return known == null ? "tollgate:probe" : known.keyOf(master);
  }
}
