package io.tollgate.bench.accuracy;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node's decision log says of one request. It explains; what was billed is what Redis says.
 *
 * @param billed tokens; null when the request was not billed
 */
record Decision(String outcome, @Nullable Long billed, boolean estimated) {
  /** By request id. A log that ends within a line, as its node was killed, lacks that line. */
  static Map<String, Decision> read(List<Path> logs) throws IOException {
    Map<String, Decision> decisions = new HashMap<>();
    for (Path log : logs) {
      for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
        try {
          JsonObject json = new JsonObject(line);
          decisions.put(
              json.getString("request_id"),
              new Decision(
                  json.getString("outcome"),
                  json.getLong("billed_tokens"),
                  json.getBoolean("estimated", false)));
        } catch (DecodeException torn) {
          // The last line of a node that was killed.
        }
      }
    }
    return decisions;
  }
}
