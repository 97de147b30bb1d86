package io.tollgate.proxy;

import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.FallbackConfig;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.LogConfig;
import io.tollgate.contract.config.MissingKey;
import io.tollgate.contract.config.NodeConfig;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.ProxyConfig;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.TlsListen;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.UpstreamConfig;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts of configurations to test with. */
final class Given {
  static final int MAX_BODY_BYTES = 100_000;

  /** Less than a configuration allows, as every test makes files of its own. */
  static final long JOURNAL_BYTES = 1 << 24;

  static final RouteAuth AUTH =
      new RouteAuth(
          List.of("x-api-key", "authorization"), List.of("apikey"), List.of("ann", "admin"));
  static final QuotaBlock QUOTA =
      new QuotaBlock(
          "chat_quota:",
          "admin",
          "/quota",
          List.of("/v1/chat/completions", "/v1/messages"),
          StoreConfig.NODE,
          FailPolicy.CLOSED);

  private Given() {}

  static TollgateConfig config(
      List<ProviderConfig> providers, List<RouteConfig> routes, @Nullable TlsListen https) {
    return new TollgateConfig(
        new NodeConfig("test", freshFolder(), Duration.ofSeconds(5)),
        new ProxyConfig(new Listen("127.0.0.1", 0), https, MAX_BODY_BYTES),
        new AdminConfig("127.0.0.1", 0, "unused"),
        null,
        Map.of(StoreConfig.NODE, new StoreConfig.Embedded(Duration.ofSeconds(1))),
        providers,
        List.of(consumer("ann"), consumer("bob"), consumer("admin")),
        routes,
        List.of(),
        new LogConfig(LogConfig.Target.OFF, null),
        new JournalConfig(
            true,
            JournalConfig.Sync.INTERVAL,
            Duration.ofSeconds(1),
            JOURNAL_BYTES,
            Duration.ofSeconds(30),
            JournalConfig.OnFull.REFUSE),
        null,
        null);
  }

  private static Path freshFolder() {
    try {
      Path all = Files.createDirectories(Path.of("target", "data").toAbsolutePath());
      return Files.createTempDirectory(all, "node");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ConsumerConfig consumer(String name) {
    return new ConsumerConfig(name, List.of(), Map.of(), Map.of());
  }

  static ProviderConfig provider(String name, ProviderType type, @Nullable URI baseUrl) {
    return new ProviderConfig(
        name,
        type,
        baseUrl,
        List.of("provider-token"),
        List.of(),
        type == ProviderType.AZURE ? "2024-10-21" : null,
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        null);
  }

  static RouteConfig route(String name, UpstreamConfig... upstreams) {
    return new RouteConfig(
        name,
        "/v1",
        List.of(),
        Map.of(),
        List.of(),
        List.of(upstreams),
        null,
        ClientDisconnect.CANCEL,
        AUTH,
        null,
        List.of(),
        null);
  }

  static RouteConfig with(RouteConfig route, @Nullable QuotaBlock quota, LimitBlock... limits) {
    return new RouteConfig(
        route.name(),
        route.pathPrefix(),
        route.hosts(),
        route.headers(),
        route.models(),
        route.upstreams(),
        route.fallback(),
        route.onDisconnect(),
        route.auth(),
        quota,
        List.of(limits),
        route.limitService());
  }

  static RouteConfig forModels(RouteConfig route, String... models) {
    return new RouteConfig(
        route.name(),
        route.pathPrefix(),
        route.hosts(),
        route.headers(),
        List.of(models),
        route.upstreams(),
        route.fallback(),
        route.onDisconnect(),
        route.auth(),
        route.quota(),
        route.limits(),
        route.limitService());
  }

  static RouteConfig withAuth(RouteConfig route, @Nullable RouteAuth auth) {
    return new RouteConfig(
        route.name(),
        route.pathPrefix(),
        route.hosts(),
        route.headers(),
        route.models(),
        route.upstreams(),
        route.fallback(),
        route.onDisconnect(),
        auth,
        route.quota(),
        route.limits(),
        route.limitService());
  }

  static RouteConfig withFallback(
      RouteConfig route, FallbackConfig.On on, UpstreamConfig... upstreams) {
    return new RouteConfig(
        route.name(),
        route.pathPrefix(),
        route.hosts(),
        route.headers(),
        route.models(),
        route.upstreams(),
        new FallbackConfig(List.of(upstreams), on),
        route.onDisconnect(),
        route.auth(),
        route.quota(),
        route.limits(),
        route.limitService());
  }

  static RouteConfig withDisconnect(RouteConfig route, ClientDisconnect onDisconnect) {
    return new RouteConfig(
        route.name(),
        route.pathPrefix(),
        route.hosts(),
        route.headers(),
        route.models(),
        route.upstreams(),
        route.fallback(),
        onDisconnect,
        route.auth(),
        route.quota(),
        route.limits(),
        route.limitService());
  }

  static RouteConfig withService(RouteConfig route, LimitServiceConfig service) {
    return new RouteConfig(
        route.name(),
        route.pathPrefix(),
        route.hosts(),
        route.headers(),
        route.models(),
        route.upstreams(),
        route.fallback(),
        route.onDisconnect(),
        route.auth(),
        route.quota(),
        route.limits(),
        service);
  }

  static UpstreamConfig upstream(String provider) {
    return new UpstreamConfig(provider, 100, Map.of());
  }

  static UpstreamConfig upstream(String provider, Map<String, String> modelMapping) {
    return new UpstreamConfig(provider, 100, modelMapping);
  }

  static LimitBlock limit(FailPolicy fail, LimitType type, String keyName) {
    return limit(fail, type, keyName, LimitBlock.Admitting.USUAL);
  }

  /** Whose streams are ended when they run past what is left. */
  static LimitBlock stopping() {
    return limit(
        FailPolicy.OPEN,
        LimitType.LIMIT_BY_PER_CONSUMER,
        "x-mse-consumer",
        new LimitBlock.Admitting(LimitMode.ENFORCE, false, false, OnExhausted.STOP));
  }

  static LimitBlock limit(
      FailPolicy fail, LimitType type, String keyName, LimitBlock.Admitting admitting) {
    LimitItem item =
        new LimitItem(
            type,
            keyName,
            List.of(
                new LimitItem.LimitKeyRule(
                    "*", new Allowance(List.of(LimitTerms.fixed(100, 60)), List.of()))),
            Selector.ALL,
            MissingKey.SKIP);
    return new LimitBlock(
        "rule",
        Selector.ALL,
        null,
        List.of(item),
        LimitBlock.Rejection.STANDARD,
        StoreConfig.NODE,
        fail,
        false,
        admitting,
        null,
        null,
        List.of());
  }

  static LimitBlock limit() {
    return limit(FailPolicy.OPEN, LimitType.LIMIT_BY_PER_CONSUMER, "x-mse-consumer");
  }
}
