package io.tollgate.deploy.higress;

import java.util.Map;

/**
 * What the files do not say.
 *
 * @param services the addresses of Redis services by their names in Higress
 * @param firstMatchOnly whether only the first rule item that matches is to apply, as up to 2.1
 * @param secretsFromEnvironment whether to write references in place of secrets
 */
public record ImportOptions(
    Map<String, String> services, boolean firstMatchOnly, boolean secretsFromEnvironment) {
  public ImportOptions {
    services = Map.copyOf(services);
  }
}
