package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.TollgateConfig;
import java.util.List;

/** What became of a configuration. */
public sealed interface ConfigResult {
  /**
   * It can be used.
   *
   * @param warnings one line for each thing that works but is hardly meant; never a secret
   */
  record Valid(TollgateConfig config, List<String> warnings) implements ConfigResult {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /** It cannot be used; nothing was started. */
  record Invalid(List<ConfigFault> faults) implements ConfigResult {
    public Invalid {
      faults = List.copyOf(faults);
    }
  }
}
