package io.tollgate.deploy;

import io.tollgate.admin.EditOutcome;
import io.tollgate.admin.RuleEdit;
import io.tollgate.contract.config.RulesEdited;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's rules and those in the store the same: what is newer in one goes to the other.
 * One thing at a time, on one event loop; validating is done by a worker.
 */
final class SharedRules {
  private static final Logger log = LoggerFactory.getLogger(SharedRules.class);
  private static final String UNDECIDED = "; the edit may have been made or not: ";

  private final Vertx vertx;
  private final EditStore store;
  private final LiveRules rules;
  private Future<?> last = Future.succeededFuture();
  private boolean isAway;

  SharedRules(Vertx vertx, EditStore store, LiveRules rules) {
    this.vertx = vertx;
    this.store = store;
    this.rules = rules;
  }

  /** Takes over what others have edited. Never fails. */
  Future<Void> follow() {
    return inTurn(() -> store.version().compose(this::follow))
        .onSuccess(followed -> isAway = false)
        .otherwise(
            fault -> {
              if (!isAway) {
                log.warn("edited rules can't be read, the last ones stay: {}", fault.getMessage());
              }
              isAway = true;
              return null;
            });
  }

  /**
   * @param seen the version that the caller goes by; null for any
   */
  Future<EditOutcome> edit(RuleEdit edit, @Nullable Long seen, boolean dryRun) {
    return inTurn(() -> store.read().compose(stored -> edit(newer(stored), edit, seen, dryRun)))
        .otherwise(fault -> new EditOutcome.StoreFailed(String.valueOf(fault.getMessage())));
  }

  private Future<Void> follow(long stored) {
    RuleEdits known = rules.edits();
    if (stored == known.version()) {
      return Future.succeededFuture();
    }
    if (stored > known.version()) {
      return store.read().compose(this::take);
    }
    // The store has lost the last edits, and with them what everybody goes by.
    log.warn("the store has version {} of the edited rules; it gets {}", stored, known.version());
    return store.put(known, stored).mapEmpty();
  }

  private RuleEdits newer(RuleEdits stored) {
    return stored.version() > rules.edits().version() ? stored : rules.edits();
  }

  private Future<EditOutcome> edit(
      RuleEdits current, RuleEdit edit, @Nullable Long seen, boolean dryRun) {
    if (seen != null && seen != current.version()) {
      return Future.succeededFuture(new EditOutcome.Stale(current.version()));
    }
    return vertx
        .executeBlocking(() -> rules.plan(current, edit))
        .compose(
            plan ->
                switch (Objects.requireNonNull(plan)) {
                  case LiveRules.Plan.Invalid wrong ->
                      Future.succeededFuture(new EditOutcome.Invalid(wrong.faults()));
                  case LiveRules.Plan.NoSuch none ->
                      Future.succeededFuture(new EditOutcome.NoSuch(none.what()));
                  case LiveRules.Plan.Possible possible ->
                      dryRun
                          ? Future.succeededFuture(new EditOutcome.Applied(possible.rules()))
                          : make(possible.next(), current);
                });
  }

  private Future<EditOutcome> make(RuleEdits next, RuleEdits current) {
    if (next.isSameBut(current)) {
      return take(current).map(taken -> new EditOutcome.Applied(rules.view()));
    }
    return store
        .put(next, current.version())
        .compose(
            written -> {
              if (!written) {
                return Future.<EditOutcome>succeededFuture(new EditOutcome.Overtaken());
              }
              RulesEdited.TOPIC.publish(vertx, new RulesEdited(next.version()));
              return take(next).map(taken -> new EditOutcome.Applied(rules.view()));
            })
        .otherwise(fault -> new EditOutcome.StoreFailed(fault.getMessage() + UNDECIDED));
  }

  private Future<Void> take(RuleEdits newest) {
    return vertx
        .executeBlocking(
            () -> {
              rules.follow(newest);
              return newest;
            })
        .mapEmpty();
  }

  private <T> Future<T> inTurn(Supplier<Future<T>> work) {
    Future<T> next = last.transform((before, fault) -> work.get());
    last = next;
    return next;
  }
}
