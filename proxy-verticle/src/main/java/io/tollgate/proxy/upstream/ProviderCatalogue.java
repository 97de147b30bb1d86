package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.proxy.http.Deadlines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All configured providers as one event loop reaches them, with the addresses of those that
 * everyone knows. Opens the connections and closes them.
 */
public final class ProviderCatalogue {
  /** Connections to one provider from one event loop. */
  private static final int POOL_SIZE = 512;

  /** Requests that may wait for one of them; beyond it the provider counts as unreachable. */
  private static final int MAX_WAITING = 1024;

  /** Shorter than most servers keep an idle connection, so that we seldom pick a dying one. */
  private static final int KEEP_ALIVE_SECONDS = 15;

  private static final int MAX_HEADER_BYTES = 64 * 1024;

  private final Map<String, Provider> providers = new HashMap<>();
  private final List<HttpClient> clients = new ArrayList<>();
  private final List<Deadlines> deadlines = new ArrayList<>();

  /**
   * @param demoAddresses the base URL of each simulated provider, by name
   * @param pulses how they do, for all event loops of the node
   * @throws IllegalArgumentException when a provider has no address
   */
  public ProviderCatalogue(
      Vertx vertx, List<ProviderConfig> configured, Map<String, URI> demoAddresses, Pulses pulses) {
    for (ProviderConfig config : configured) {
      URI baseUrl = baseUrl(config, demoAddresses);
      HttpClient client = open(vertx, config);
      clients.add(client);
      Deadlines patience = new Deadlines(vertx, config.timeout());
      deadlines.add(patience);
      providers.put(
          config.name(), new Provider(config, baseUrl, client, patience, pulses.of(config.name())));
    }
  }

  public Future<Void> close() {
    deadlines.forEach(Deadlines::close);
    return Future.join(clients.stream().map(HttpClient::close).toList()).mapEmpty();
  }

  Provider get(String name) {
    Provider provider = providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException("no provider is called " + name);
    }
    return provider;
  }

  private static URI baseUrl(ProviderConfig config, Map<String, URI> demoAddresses) {
    if (config.baseUrl() != null) {
      return config.baseUrl();
    }
    return switch (config.type()) {
      case OPENAI -> URI.create("https://api.openai.com/v1");
      case QWEN -> URI.create("https://dashscope.aliyuncs.com/compatible-mode/v1");
      case DEEPSEEK -> URI.create("https://api.deepseek.com/v1");
      case DOUBAO -> URI.create("https://ark.cn-beijing.volces.com/api/v3");
      case AZURE ->
          throw new IllegalArgumentException(
              "provider " + config.name() + " of type azure needs a base_url");
      case DEMO -> {
        URI address = demoAddresses.get(config.name());
        if (address == null) {
          throw new IllegalArgumentException(
              "the simulated provider " + config.name() + " is not running");
        }
        yield address;
      }
    };
  }

  private static HttpClient open(Vertx vertx, ProviderConfig config) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(Math.toIntExact(config.connectTimeout().toMillis()))
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setTcpNoDelay(true);
    PoolOptions pool =
        new PoolOptions().setHttp1MaxSize(POOL_SIZE).setMaxWaitQueueSize(MAX_WAITING);
    return vertx.createHttpClient(options, pool);
  }
}
