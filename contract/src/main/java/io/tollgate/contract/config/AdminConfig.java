package io.tollgate.contract.config;

/**
 * The administrator's port.
 *
 * @param token the bearer token that machines show; empty for none, which lets nobody in
 */
public record AdminConfig(String host, int port, String token) {
  @Override
  public String toString() {
    return "AdminConfig[host=" + host + ", port=" + port + "]";
  }
}
