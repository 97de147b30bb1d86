package io.tollgate.contract.hold;

import io.tollgate.contract.bus.Topic;

/**
 * Another server answers for a store than before: it was restarted, or a replica took over. What
 * the last one had confirmed shortly before may be lost, so settlements of that time are to be
 * delivered again.
 *
 * @param store the id of the store, as holds name it
 */
public record StoreReplaced(String store) {
  public static final Topic<StoreReplaced> TOPIC =
      new Topic<>("tollgate.event.store-replaced", StoreReplaced.class);
}
