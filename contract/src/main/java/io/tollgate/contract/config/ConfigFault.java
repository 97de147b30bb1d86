package io.tollgate.contract.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param path of the key, such as {@code routes[0].ai-quota.redis.service_name}
 * @param found what is there; never a secret's value
 * @param allowed what may be there, and what to write instead
 */
public record ConfigFault(String path, String found, String allowed) {
  /** The line that {@code check} prints. */
  @Override
  public String toString() {
    return path + ": found " + found + "; allowed: " + allowed;
  }
}
