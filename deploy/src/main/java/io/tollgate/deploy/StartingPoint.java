package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.TollgateConfig;

/**
 * What a node is started with.
 *
 * @param source may be read again
 * @param tree what was read from it
 * @param config what that says
 */
record StartingPoint(ConfigSource source, JsonNode tree, TollgateConfig config) {
  /** The rules that the node begins with. */
  long id() {
    return Fingerprint.of(tree);
  }
}
