package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.config.ProviderConfig;
import io.tollgate.contract.config.ProviderType;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry of {@code providers}. */
final class ProviderReader {
  private static final String ALLOWED = "a list of providers with name and type";
  private static final String BASE_URL =
      "an http:// or https:// address without user, query and fragment";
  private static final Duration LONGEST = Duration.ofHours(1);

  private ProviderReader() {}

  static List<ProviderConfig> readAll(Value value) {
    Names names = new Names();
    List<Value> entries = value.list(ALLOWED);
    if (value.node().isArray() && entries.isEmpty()) {
      value.fault("at least one provider");
    }
    return entries.stream().map(entry -> read(entry, names)).toList();
  }

  private static ProviderConfig read(Value value, Names names) {
    try (Section provider = Section.required(value, "a section with name and type")) {
      String name = names.define(provider.value("name"));
      ProviderType type = type(provider.value("type"));
      Value address = provider.value("base_url");
      URI baseUrl = address.isAbsent() ? null : baseUrl(address);
      if (type == ProviderType.AZURE && address.isAbsent()) {
        address.fault("the address of your Azure resource, which type azure needs");
      }
      return new ProviderConfig(
          name,
          type,
          baseUrl,
          tokens(provider.value("api_tokens"), type, address.isAbsent()),
          provider.value("models").list("a list of model names", List.of()).stream()
              .map(model -> model.text("the name of a model"))
              .distinct()
              .toList(),
          apiVersion(provider.value("api_version"), type),
          provider
              .value("connect_timeout")
              .duration(Duration.ofMillis(1), LONGEST, Duration.ofSeconds(5)),
          provider
              .value("timeout")
              .duration(Duration.ofMillis(1), LONGEST, Duration.ofSeconds(120)),
          demo(provider.value("demo"), type));
    }
  }

  private static ProviderType type(Value value) {
    Map<String, ProviderType> types = new LinkedHashMap<>();
    Arrays.stream(ProviderType.values()).forEach(type -> types.put(type.label(), type));
    if (value.isAbsent()) {
      value.fault(String.join(", ", types.keySet()));
    }
    return value.choice(types, ProviderType.OPENAI);
  }

  private static @Nullable URI baseUrl(Value value) {
    String text = value.text(BASE_URL);
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!text.isBlank()
          && (!web
              || uri.getHost() == null
              || uri.getPort() > ListenReader.HIGHEST_PORT
              || uri.getRawUserInfo() != null
              || uri.getRawQuery() != null
              || uri.getRawFragment() != null)) {
        value.fault(shown(value, text), BASE_URL);
      }
      return uri;
    } catch (URISyntaxException e) {
      value.fault(shown(value, text), BASE_URL);
      return null;
    }
  }

  private static String shown(Value value, String text) {
    return text.contains("@") || text.contains("?")
        ? "an address of " + text.length() + " characters"
        : value.found();
  }

  private static List<String> tokens(Value value, ProviderType type, boolean catalogueAddress) {
    List<String> tokens =
        value.list("a list of API tokens", List.of()).stream()
            .map(token -> token.secret("an API token"))
            .toList();
    boolean absent = value.isAbsent() || value.node().isArray();
    if (tokens.isEmpty() && absent && catalogueAddress && type != ProviderType.DEMO) {
      value.fault("at least one API token, or a base_url of a service that needs none");
    }
    return tokens;
  }

  private static @Nullable String apiVersion(Value value, ProviderType type) {
    if (type == ProviderType.AZURE) {
      return value.text("Azure's api-version, such as \"2024-10-21\"");
    }
    if (!value.isAbsent()) {
      value.fault("nothing: only type azure has an api_version");
    }
    return null;
  }

  private static @Nullable DemoConfig demo(Value value, ProviderType type) {
    if (type != ProviderType.DEMO) {
      if (!value.isAbsent()) {
        value.fault("nothing: only type demo has a pace");
      }
      return null;
    }
    try (Section demo = Section.optional(value)) {
      Duration longest = Duration.ofMinutes(1);
      return new DemoConfig(
          demo.value("first_token").duration(Duration.ZERO, longest, Duration.ofMillis(200)),
          demo.value("interval").duration(Duration.ZERO, longest, Duration.ofMillis(20)));
    }
  }
}
