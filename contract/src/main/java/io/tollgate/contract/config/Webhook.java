package io.tollgate.contract.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where alerts are posted to.
 *
 * @param secret signs each one; null for none
 * @param timeout for each attempt
 * @param attempts the most that are made for one alert
 */
public record Webhook(URI url, @Nullable String secret, Duration timeout, int attempts) {
  @Override
  public String toString() {
    return "Webhook[url=" + url.getHost() + "]";
  }
}
