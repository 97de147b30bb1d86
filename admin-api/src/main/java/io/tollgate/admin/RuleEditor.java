package io.tollgate.admin;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The rules of this node, and the way to edit those of all nodes. Called on event loops. */
public interface RuleEditor {
  RulesInForce rules();

  /**
   * Never fails, and ends in a few seconds.
   *
   * @param seen the version that the caller goes by; null when that does not matter
   * @param dryRun whether nothing is to be changed
   */
  Future<EditOutcome> edit(RuleEdit edit, @Nullable Long seen, boolean dryRun);
}
