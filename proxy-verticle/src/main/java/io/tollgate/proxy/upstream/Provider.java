package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.proxy.http.Deadlines;
import io.tollgate.proxy.http.Operation;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider as one event loop reaches it: its address, its spelling of paths, its credentials in
 * turn, and the connections to it.
 */
final class Provider {
  private final ProviderConfig config;
  private final URI baseUrl;
  private final String basePath;
  private final HttpClient client;
  private final Deadlines patience;
  private final Pulse pulse;
  private int turn;

  Provider(ProviderConfig config, URI baseUrl, HttpClient client, Deadlines patience, Pulse pulse) {
    this.config = config;
    this.baseUrl = baseUrl;
    String path = baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath();
    this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    this.client = client;
    this.patience = patience;
    this.pulse = pulse;
  }

  String name() {
    return config.name();
  }

  /** How long it may be silent, before its answer and within it. */
  Deadlines patience() {
    return patience;
  }

  /** How it does, as all event loops see it. */
  Pulse pulse() {
    return pulse;
  }

  Duration connectTimeout() {
    return config.connectTimeout();
  }

  HttpClient client() {
    return client;
  }

  /**
   * Where to send a request.
   *
   * @param rest the raw path after the route's root
   * @param model the provider's own name for it
   * @param query raw; empty for none
   */
  RequestOptions address(Operation operation, String rest, @Nullable String model, String query) {
    String uri = basePath + path(operation, rest, model);
    String parameters = parameters(query);
    boolean tls = "https".equals(baseUrl.getScheme());
    return new RequestOptions()
        .setSsl(tls)
        .setHost(baseUrl.getHost())
        .setPort(port(tls))
        .setURI(parameters.isEmpty() ? uri : uri + '?' + parameters);
  }

  /** Adds the provider's own credentials, if it wants any. */
  void authorize(RequestOptions request) {
    List<String> tokens = config.apiTokens();
    if (tokens.isEmpty()) {
      return;
    }
    String token = tokens.get(turn);
    turn = (turn + 1) % tokens.size();
    if (config.type() == ProviderType.AZURE) {
      request.putHeader("api-key", token);
    } else {
      request.putHeader("authorization", "Bearer " + token);
    }
  }

  private int port(boolean tls) {
    int standard = tls ? 443 : 80;
    return baseUrl.getPort() < 0 ? standard : baseUrl.getPort();
  }

  private String path(Operation operation, String rest, @Nullable String model) {
    String known = operation == Operation.OTHER ? rest : operation.path();
    if (config.type() != ProviderType.AZURE) {
      return known;
    }
    return model == null || operation == Operation.RESPONSES
        ? "/openai" + known
        : "/openai/deployments/" + segment(model) + known;
  }

  /** The encoder is made for forms, where a space is a plus sign. */
  private static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String parameters(String query) {
    if (config.type() != ProviderType.AZURE) {
      return query;
    }
    String version = "api-version=" + config.apiVersion();
    return query.isEmpty() ? version : query + '&' + version;
  }
}
