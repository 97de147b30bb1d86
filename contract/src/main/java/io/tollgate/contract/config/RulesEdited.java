package io.tollgate.contract.config;

import io.tollgate.contract.bus.Topic;

/**
 * An administrator has edited the rules. What they are now stands in the store; who does not hear
 * of it finds it there soon.
 *
 * @param version of the edited rules
 */
public record RulesEdited(long version) {
  public static final Topic<RulesEdited> TOPIC =
      new Topic<>("tollgate.event.rules-edited", RulesEdited.class);
}
