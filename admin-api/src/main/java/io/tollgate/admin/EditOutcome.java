package io.tollgate.admin;

import io.tollgate.contract.config.ConfigFault;
import java.util.List;

/** What became of an edit. But for {@link Applied} it has changed nothing. */
public sealed interface EditOutcome {
  /**
   * It is in force on this node, and on the others within a second; or it would be, if it was only
   * tried.
   */
  record Applied(RulesInForce rules) implements EditOutcome {}

  /** It makes no valid configuration, or one that needs a restart. */
  record Invalid(List<ConfigFault> faults) implements EditOutcome {
    public Invalid {
      faults = List.copyOf(faults);
    }
  }

  /**
   * It is about something that does not exist.
   *
   * @param what such as {@code route chat}
   */
  record NoSuch(String what) implements EditOutcome {}

  /**
   * The rules are not those that the caller has seen.
   *
   * @param version of the rules as they are
   */
  record Stale(long version) implements EditOutcome {}

  /** Somebody else has edited at the same moment. */
  record Overtaken() implements EditOutcome {}

  /** The store can't be reached; where the last step failed the edit may have been made. */
  record StoreFailed(String reason) implements EditOutcome {}
}
