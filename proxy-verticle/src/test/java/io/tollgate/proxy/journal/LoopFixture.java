package io.tollgate.proxy.journal;

import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One event loop with its part of a journal; every call runs there. */
final class LoopFixture extends VerticleBase {
  /** What the journal wants to have delivered. */
  record Delivery(Entry entry, Recipient to) {}

  final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final Journal journal;
  private LoopJournal kept;
  private Context loop;

  private LoopFixture(Journal journal) {
    this.journal = journal;
  }

  static LoopFixture join(Vertx vertx, Journal journal) throws Exception {
    LoopFixture fixture = new LoopFixture(journal);
    await(vertx.deployVerticle(fixture));
    return fixture;
  }

  @Override
  public Future<?> start() {
    loop = context;
    return journal
        .join(vertx)
        .onSuccess(
            joined -> {
              kept = joined;
              joined.begin((entry, to) -> deliveries.add(new Delivery(entry, to)));
            });
  }

  Entry append(UsageEvent event) throws Exception {
    Entry entry = onLoop(() -> kept.append(event));
    entries.put(event.requestId(), entry);
    return entry;
  }

  void confirm(Entry entry, Recipient by) throws Exception {
    onLoop(
        () -> {
          kept.confirm(entry, by);
          return true;
        });
  }

  void confirm(String id, Recipient by) throws Exception {
    confirm(entries.get(id), by);
  }

  UsageEvent read(Entry entry) throws Exception {
    return onLoop(() -> kept.read(entry));
  }

  boolean refusesMore() throws Exception {
    return onLoop(() -> kept.refusesMore());
  }

  void reopen(String store) throws Exception {
    onLoop(
        () -> {
          kept.reopen(store);
          return true;
        });
  }

  void durable() throws Exception {
    await(onLoop(() -> kept.durable()));
  }

  void close() throws Exception {
    await(vertx.undeploy(deploymentID()));
  }

  @Override
  public Future<?> stop() {
    return kept.close();
  }

  /** What it wants to have delivered, as {@code <request>:<recipient>}. */
  List<String> wanted() throws Exception {
    return onLoop(
        () ->
            deliveries.stream()
                .map(
                    delivery ->
                        kept.read(delivery.entry()).requestId() + ":" + delivery.to().label())
                .collect(Collectors.toList()));
  }

  private <T> T onLoop(Callable<T> work) throws Exception {
    Promise<T> promise = Promise.promise();
    loop.runOnContext(
        turn -> {
          try {
            promise.complete(work.call());
          } catch (Exception | AssertionError e) {
            promise.fail(e);
          }
        });
    return await(promise.future());
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
