package io.tollgate.contract.share;

import io.tollgate.contract.bus.Topic;
import io.tollgate.contract.tokens.TokenUsage;

/**
 * A request that was admitted on a node's part has ended. Whichever node has its holds settles
 * them; its bill goes another way, to the store. Not repeated: a hold that hears nothing runs out
 * with its lease.
 *
 * @param requestId the id under which its holds are kept
 * @param usage what it has used
 */
public record RequestEnded(String requestId, TokenUsage usage) {
  public static final Topic<RequestEnded> TOPIC =
      new Topic<>("tollgate.event.request-ended", RequestEnded.class);
}
