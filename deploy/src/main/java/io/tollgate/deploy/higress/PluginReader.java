package io.tollgate.deploy.higress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the configurations of plugins in a document: a WasmPlugin, or a configuration alone. */
final class PluginReader {
  private static final String OTHER_WORK =
      "Tollgate takes over key-auth, ai-proxy, ai-quota and ai-token-ratelimit; this plugin's work"
          + " stays with whatever stands in front of Tollgate";

  private PluginReader() {}

  static List<PluginConfig> wasmPlugin(Source document) {
    Optional<Plugin> plugin = plugin(document);
    if (plugin.isEmpty()) {
      document.leftOut(
          "the WasmPlugin " + document.at("metadata").at("name").text() + ": " + OTHER_WORK);
      return List.of();
    }
    List<PluginConfig> configs = new ArrayList<>();
    Source spec = document.at("spec");
    for (Source rule : spec.at("matchRules").list()) {
      boolean enabled = !rule.at("configDisable").flag(false);
      Source config = rule.at("config");
      rule.at("ingress").texts().stream()
          .map(Scope::ingress)
          .forEach(scope -> configs.add(new PluginConfig(plugin.get(), scope, config, enabled)));
      rule.at("domain").texts().stream()
          .map(Scope::domain)
          .forEach(scope -> configs.add(new PluginConfig(plugin.get(), scope, config, enabled)));
      rule.at("service").texts().stream()
          .map(Scope::service)
          .forEach(scope -> configs.add(new PluginConfig(plugin.get(), scope, config, enabled)));
      rule.leaveOutOthers("a match rule");
    }
    Source everywhere = spec.at("defaultConfig");
    if (!everywhere.isAbsent()) {
      configs.add(
          new PluginConfig(
              plugin.get(),
              Scope.EVERYWHERE,
              everywhere,
              !spec.at("defaultConfigDisable").flag(false)));
    }
    return configs;
  }

  /** Empty when it is no plugin's configuration. */
  static List<PluginConfig> alone(Source document) {
    Optional<Plugin> plugin = Plugin.shapedLike(document.node());
    if (plugin.isEmpty()) {
      return List.of();
    }
    List<PluginConfig> configs = new ArrayList<>();
    for (Source rule : document.at("_rules_").list()) {
      rule.at("_match_route_").texts().stream()
          .map(Scope::ingress)
          .forEach(scope -> configs.add(new PluginConfig(plugin.get(), scope, rule, true)));
      rule.at("_match_domain_").texts().stream()
          .map(Scope::domain)
          .forEach(scope -> configs.add(new PluginConfig(plugin.get(), scope, rule, true)));
      rule.at("_match_service_").texts().stream()
          .map(Scope::service)
          .forEach(scope -> configs.add(new PluginConfig(plugin.get(), scope, rule, true)));
    }
    configs.add(new PluginConfig(plugin.get(), Scope.EVERYWHERE, document, true));
    return configs;
  }

  private static Optional<Plugin> plugin(Source document) {
    String url = document.at("spec").at("url").text();
    String image = url.substring(url.lastIndexOf('/') + 1);
    return Plugin.named(image.replaceFirst("[:@].*", ""))
        .or(() -> Plugin.named(document.at("spec").at("pluginName").text()))
        .or(
            () ->
                Plugin.named(
                    document.at("metadata").at("labels").at("higress.io/wasm-plugin-name").text()))
        .or(() -> Plugin.named(document.at("metadata").at("name").text()));
  }
}
