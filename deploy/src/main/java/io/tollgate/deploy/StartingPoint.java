package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.TollgateConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a node is started with.
 *
 * @param source may be read again
 * @param tree what was read from it
 * @param config what that says
 * @param watch for what was changed since; null when there is no file
 */
record StartingPoint(
    ConfigSource source, JsonNode tree, TollgateConfig config, @Nullable FileWatch watch) {
  /** The rules that the node begins with. */
  long id() {
    return Fingerprint.of(tree);
  }
}
