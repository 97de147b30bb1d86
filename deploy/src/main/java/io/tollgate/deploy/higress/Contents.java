package io.tollgate.deploy.higress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the documents hold: plugins' configurations and routes, in their order, and addresses. */
final class Contents {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String AI_ROUTE = "ai-route";

  private final List<PluginConfig> plugins = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();
  private final Map<String, List<String>> addresses = new LinkedHashMap<>();

  Contents(List<Document> documents, Notes notes) {
    documents.forEach(document -> read(Source.root(document.tree(), document.place(), notes)));
  }

  List<PluginConfig> plugins() {
    return plugins;
  }

  /** Hosts with their ports by the names that plugins have for services. */
  Map<String, List<String>> addresses() {
    return addresses;
  }

  List<Site> sites() {
    List<String> routes = sites.stream().filter(this::isAiRoute).map(Site::ingress).toList();
    // The console writes an Ingress for each of its AI routes, which says the same once more.
    return sites.stream()
        .filter(site -> isAiRoute(site) || !routes.contains(site.ingress()))
        .toList();
  }

  private boolean isAiRoute(Site site) {
    return site.ingress().equals("ai-route-" + site.name() + ".internal");
  }

  private void read(Source document) {
    if (document.isAbsent()) {
      return;
    }
    switch (document.at("kind").text()) {
      case "List" -> document.at("items").list().forEach(this::read);
      case "WasmPlugin" -> plugins.addAll(PluginReader.wasmPlugin(document));
      case "Ingress" -> sites.addAll(IngressReader.read(document));
      case "ConfigMap" -> configMap(document);
      case "McpBridge" -> BridgeReader.read(document, addresses);
      case "" -> plain(document);
      default ->
          document.leftOut(
              "a "
                  + document.at("kind").text()
                  + "; WasmPlugin, Ingress and the console's AI routes are read");
    }
  }

  private void plain(Source document) {
    if (document.has("upstreams") && document.has("name")) {
      sites.add(AiRouteReader.read(document));
      return;
    }
    List<PluginConfig> found = PluginReader.alone(document);
    if (found.isEmpty()) {
      document.leftOut(
          "neither a WasmPlugin, an Ingress or an AI route, nor the configuration of key-auth,"
              + " ai-proxy, ai-quota or ai-token-ratelimit");
    }
    plugins.addAll(found);
  }

  private void configMap(Source document) {
    Source labels = document.at("metadata").at("labels");
    if (!labels.at("higress.io/config-map-type").text().equals(AI_ROUTE)) {
      document.leftOut(
          "the ConfigMap " + document.at("metadata").at("name").text() + " is no AI route");
      return;
    }
    Source data = document.at("data").at("data");
    try {
      JsonNode route = JSON.readTree(data.text());
      sites.add(AiRouteReader.read(data.within(route)));
    } catch (JsonProcessingException e) {
      data.leftOut("it is not JSON, which the console writes here: " + e.getOriginalMessage());
    }
  }
}
