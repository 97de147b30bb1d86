package io.tollgate.contract.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who runs models.
 *
 * @param baseUrl null for a type that knows its own address
 * @param apiTokens one of them goes with each request, in turn; none for an open service
 * @param models the names that {@code /v1/models} lists for it, may be empty
 * @param apiVersion Azure's {@code api-version}; null elsewhere
 * @param connectTimeout until the connection stands
 * @param timeout until the first byte of an answer, and between two of its bytes
 * @param demo null unless the type is {@code demo}
 */
public record ProviderConfig(
    String name,
    ProviderType type,
    @Nullable URI baseUrl,
    List<String> apiTokens,
    List<String> models,
    @Nullable String apiVersion,
    Duration connectTimeout,
    Duration timeout,
    @Nullable DemoConfig demo) {
  public ProviderConfig {
    apiTokens = List.copyOf(apiTokens);
    models = List.copyOf(models);
  }

  @Override
  public String toString() {
    return "ProviderConfig[name=" + name + ", type=" + type + ", baseUrl=" + baseUrl + "]";
  }
}
