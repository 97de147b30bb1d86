package io.tollgate.deploy;

import io.tollgate.admin.EditOutcome;
import io.tollgate.admin.RuleEdit;
import io.tollgate.admin.RuleEditor;
import io.tollgate.admin.RulesInForce;
import io.tollgate.contract.bus.Subscription;
import io.tollgate.contract.config.RulesEdited;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.store.Links;
import io.tollgate.store.Stores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rules of a node up to date with its file and with what administrators have edited. One
 * instance on a node.
 */
final class RulesVerticle extends VerticleBase implements RuleEditor {
  /** A file is taken when it was the same at two looks, edits at the latest at the next. */
  private static final long LOOK_MILLIS = 250;

  private final Stores stores;
  private final LiveRules rules;
  private final @Nullable FileWatch file;
  private final AtomicBoolean looking = new AtomicBoolean();
  private @Nullable Links links;
  private @Nullable SharedRules shared;
  private @Nullable Subscription edited;

  /**
   * @param file null when the configuration comes from no file
   */
  RulesVerticle(Stores stores, LiveRules rules, @Nullable FileWatch file) {
    this.stores = stores;
    this.rules = rules;
    this.file = file;
  }

  /** Completes when the edits were read, or the store was found to be away. */
  @Override
  public Future<?> start() {
    Links opened = stores.open(vertx, Set.of(StoreConfig.NODE));
    links = opened;
    SharedRules following =
        new SharedRules(vertx, new EditStore(opened.to(StoreConfig.NODE)), rules);
    shared = following;
    edited = RulesEdited.TOPIC.subscribe(vertx, edit -> following.follow());
    return opened
        .firstAttempts()
        .compose(tried -> following.follow())
        .onSuccess(followed -> vertx.setPeriodic(LOOK_MILLIS, look -> look(following)));
  }

  @Override
  public Future<?> stop() {
    Future<Void> deaf = edited == null ? Future.succeededFuture() : edited.close();
    return deaf.eventually(() -> links == null ? Future.succeededFuture() : links.close());
  }

  /** Reads the file even when it looks the same. Called on any thread. */
  void reload() {
    if (context != null) {
      context.runOnContext(now -> vertx.executeBlocking(this::reread));
    }
  }

  @Override
  public RulesInForce rules() {
    return rules.view();
  }

  @Override
  public Future<EditOutcome> edit(RuleEdit edit, @Nullable Long seen, boolean dryRun) {
    SharedRules editing = shared;
    if (editing == null) {
      return Future.succeededFuture(new EditOutcome.StoreFailed("the node is starting"));
    }
    Context caller = vertx.getOrCreateContext();
    Promise<EditOutcome> outcome = Promise.promise();
    context.runOnContext(
        here ->
            editing
                .edit(edit, seen, dryRun)
                .onComplete(
                    (ended, fault) -> caller.runOnContext(back -> outcome.complete(ended, fault))));
    return outcome.future();
  }

  private void look(SharedRules following) {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    Future.join(following.follow(), vertx.executeBlocking(this::lookAtFile))
        .onComplete(looked -> looking.set(false));
  }

  private @Nullable Void lookAtFile() {
    if (file != null && file.hasNews()) {
      rules.reread();
    }
    return null;
  }

  private @Nullable Void reread() {
    rules.reread();
    return null;
  }
}
