package io.tollgate.proxy;

import io.tollgate.contract.config.QuotaBlock;
import org.jspecify.annotations.Nullable;

/** What a call below a metered path wants done with a balance. */
enum QuotaCommand {
  QUERY(""),
  REFRESH("/refresh"),
  DELTA("/delta");

  private final String suffix;

  QuotaCommand(String suffix) {
    this.suffix = suffix;
  }

  /**
   * @return null when the path is no such call
   */
  static @Nullable QuotaCommand of(QuotaBlock quota, String path) {
    for (QuotaCommand command : values()) {
      String ending = quota.adminPath() + command.suffix;
      if (path.endsWith(ending)) {
        String metered = path.substring(0, path.length() - ending.length());
        if (quota.pathSuffixes().stream().anyMatch(metered::endsWith)) {
          return command;
        }
      }
    }
    return null;
  }
}
