package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who runs the models, out of every configuration of ai-proxy. */
final class Providers {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String PLACEHOLDER = "provider";
  private static final String DEFAULT_AZURE_VERSION = "2024-10-21";

  private final Secrets secrets;
  private final Map<String, ObjectNode> providers = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> mappings = new HashMap<>();
  private final Map<String, String> services = new HashMap<>();
  private final Map<String, String> read = new HashMap<>();
  private String active = "";

  Providers(Secrets secrets) {
    this.secrets = secrets;
  }

  void add(PluginConfig plugin) {
    Source config = plugin.config();
    config.at("providers").list().forEach(this::provider);
    Source legacy = config.at("provider");
    if (!legacy.isAbsent()) {
      String name = provider(legacy);
      claim(plugin.scope(), name);
    }
    String chosen = config.at("activeProviderId").text();
    if (!chosen.isBlank()) {
      claim(plugin.scope(), chosen);
    }
    config.leaveOutOthers("ai-proxy");
  }

  private void claim(Scope scope, String provider) {
    if (scope.kind() == Scope.Kind.SERVICE) {
      services.put(scope.name(), provider);
    } else if (scope.kind() == Scope.Kind.EVERYWHERE) {
      active = provider;
    }
  }

  /** The name of the provider that a service, or a provider's own name, stands for. */
  Optional<String> named(String name) {
    if (providers.containsKey(name)) {
      return Optional.of(name);
    }
    return Optional.ofNullable(services.get(name))
        .or(
            () ->
                providers.keySet().stream()
                    .filter(provider -> Site.serviceNames(provider).contains(name))
                    .findFirst())
        .filter(providers::containsKey);
  }

  /** The one for requests whose provider nothing else says; a placeholder when there is none. */
  String usual(Source from) {
    if (providers.containsKey(active)) {
      return active;
    }
    if (providers.isEmpty()) {
      providers.put(
          PLACEHOLDER,
          NODES
              .objectNode()
              .put("name", PLACEHOLDER)
              .put("type", "openai")
              .put("base_url", "http://127.0.0.1:9000/v1"));
      from.toDo(
          "no configuration of ai-proxy that Tollgate can serve is in the files; a placeholder"
              + " stands under providers; write the provider's type, address and tokens there");
    }
    String first = providers.keySet().iterator().next();
    if (providers.size() > 1) {
      from.toDo(
          "the files do not say which provider this goes to; it goes to "
              + first
              + "; write the right one under upstreams");
    }
    return first;
  }

  Map<String, String> mapping(String provider) {
    return mappings.getOrDefault(provider, Map.of());
  }

  /** The {@code providers} of the result. */
  ArrayNode providers() {
    ArrayNode list = NODES.arrayNode();
    providers.values().forEach(list::add);
    return list;
  }

  /** A configuration that holds in several places is read once. */
  private String provider(Source provider) {
    return read.computeIfAbsent(provider.place(), place -> newProvider(provider));
  }

  private String newProvider(Source provider) {
    String type = provider.at("type").text();
    String id = provider.at("id").text();
    String name = id.isBlank() ? type : id;
    if (providers.containsKey(name)) {
      provider.leftOut("a provider named " + name + " stands further up; give it another id");
      return name;
    }
    ObjectNode written = NODES.objectNode().put("name", name);
    Map<String, String> mapping = ModelMapping.of(provider.at("modelMapping"));
    List<Source> tokens = provider.at("apiTokens").list();
    boolean reached =
        type.equals("azure") ? azure(provider, written, mapping) : address(type, provider, written);
    if (reached) {
      write(tokens, provider, written, name);
      timeout(provider, written);
      providers.put(name, written);
      mappings.put(name, mapping);
    }
    leaveOut(provider);
    return name;
  }

  private static boolean address(String type, Source provider, ObjectNode written) {
    String address = ProviderAddress.of(type, provider);
    if (!ProviderAddress.isOwn(type) && address == null) {
      provider.leftOut(
          "a provider of type "
              + type
              + ", which does not speak OpenAI's protocol or has no address here; put a gateway"
              + " that translates before it and write it as type openai with base_url");
      return false;
    }
    written.put("type", ProviderAddress.isOwn(type) ? type : "openai");
    if (address != null) {
      written.put("base_url", address);
    }
    if (ProviderAddress.isTakenFromVendor(type)) {
      provider.changed(
          "type " + type + " is written as type openai at " + address + "; see that it is right");
    }
    return true;
  }

  private static boolean azure(Source provider, ObjectNode written, Map<String, String> mapping) {
    Source url = provider.at("azureServiceUrl");
    AzureAddress azure = AzureAddress.of(url.text());
    if (azure == null) {
      provider.leftOut(
          "type azure without an azureServiceUrl that is a URL; write it as a provider"
              + " with base_url and api_version");
      return false;
    }
    written.put("type", "azure").put("base_url", azure.baseUrl());
    if (azure.apiVersion() == null) {
      url.toDo("it has no api-version; " + DEFAULT_AZURE_VERSION + " stands in its place");
    }
    written.put(
        "api_version", azure.apiVersion() == null ? DEFAULT_AZURE_VERSION : azure.apiVersion());
    if (azure.deployment() != null) {
      mapping.clear();
      mapping.put("*", azure.deployment());
      url.changed(
          "the deployment "
              + azure.deployment()
              + " in it takes every model, which is now"
              + " said by model_mapping");
    }
    return true;
  }

  private void write(List<Source> tokens, Source provider, ObjectNode written, String name) {
    if (!tokens.isEmpty()) {
      ArrayNode list = written.putArray("api_tokens");
      tokens.forEach(token -> list.add(secrets.write(token.text(), token, "API_KEY_" + name)));
    } else if (!written.has("base_url")) {
      String variable = secrets.missing("API_KEY_" + name, provider);
      written.putArray("api_tokens").add(variable);
      provider.toDo("it has no apiTokens; " + variable + " stands in their place");
    }
  }

  private static void timeout(Source provider, ObjectNode written) {
    Source firstByte = provider.at("firstByteTimeout");
    Source timeout = provider.at("timeout");
    Source used = firstByte.node().asInt() > 0 ? firstByte : timeout;
    if (used.node().asLong() > 0) {
      written.put("timeout", used.node().asLong() + "ms");
      used.changed(
          "in Tollgate the timeout is for the first byte of every answer and for the time"
              + " between two of its bytes");
    }
  }

  private static void leaveOutEnabled(Source setting, String text) {
    if (setting.at("enabled").flag(false)) {
      setting.leftOut(text);
    }
  }

  private static void leaveOut(Source provider) {
    leaveOutEnabled(
        provider.at("failover"),
        "Tollgate takes a provider's tokens in turn and does not drop"
            + " one that fails; write a fallback on the route");
    leaveOutEnabled(
        provider.at("retryOnFailure"),
        "Tollgate does not repeat a request at the same provider;"
            + " write a fallback on the route");
    provider.leaveOut("context", "Tollgate adds nothing to a prompt");
    Source protocol = provider.at("protocol");
    if (protocol.text().equals("original")) {
      protocol.changed("Tollgate passes requests on in the form in which they came in any case");
    }
    for (String harmless : List.of("qwenEnableCompatible", "qwenEnableSearch", "qwenFileIds")) {
      Source setting = provider.at(harmless);
      if (!setting.isAbsent() && !harmless.equals("qwenEnableCompatible")) {
        setting.leftOut("Tollgate adds nothing to a request but the model's name and usage");
      }
    }
    for (String rewriting :
        List.of(
            "customSettings",
            "capabilities",
            "basePath",
            "basePathHandling",
            "reasoningContentMode",
            "contextCleanupCommands",
            "mergeConsecutiveMessages",
            "promoteThinkingOnEmpty",
            "responseJsonSchema")) {
      provider.leaveOut(rewriting, "Tollgate does not rewrite requests and answers in this way");
    }
    provider.leaveOutOthers("a provider");
  }
}
