package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import java.util.List;

/** A configuration that might come in force while the node runs. */
sealed interface Candidate {
  /**
   * It can.
   *
   * @param file the file's own tree
   * @param merged the same with the edits
   * @param id the same on all nodes that have the same rules
   */
  record Ready(JsonNode file, JsonNode merged, RuleEdits edits, TollgateConfig config, long id)
      implements Candidate {}

  /** It can't. */
  record Refused(List<ConfigFault> faults) implements Candidate {
    public Refused {
      faults = List.copyOf(faults);
    }
  }

  /**
   * @param started what the node was started with
   */
  static Candidate of(ConfigSource source, JsonNode file, RuleEdits edits, TollgateConfig started) {
    JsonNode merged = edits.over(file);
    return switch (source.validate(merged)) {
      case ConfigResult.Invalid invalid -> new Refused(invalid.faults());
      case ConfigResult.Valid valid -> {
        TollgateConfig config = valid.config();
        List<ConfigFault> faults = RestartCheck.faults(started, config);
        yield faults.isEmpty()
            ? new Ready(file, merged, edits, config, Fingerprint.of(merged))
            : new Refused(faults);
      }
    };
  }
}
