package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes a route with everything that holds on it. */
final class Routes {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<PluginConfig> plugins;
  private final Consumers consumers;
  private final Providers providers;
  private final Services services;
  private final LimitBlocks limits;
  private final Set<PluginConfig> taken = Collections.newSetFromMap(new IdentityHashMap<>());

  Routes(
      List<PluginConfig> plugins,
      Consumers consumers,
      Providers providers,
      Services services,
      LimitBlocks limits) {
    this.plugins = plugins;
    this.consumers = consumers;
    this.providers = providers;
    this.services = services;
    this.limits = limits;
  }

  ObjectNode of(Site site, Source from) {
    ObjectNode route = NODES.objectNode().put("name", site.name().replaceAll("[\\s{}\"]", "_"));
    route.put("path_prefix", Secrets.literal(site.pathPrefix()));
    texts(route, "host", site.hosts());
    if (!site.headers().isEmpty()) {
      ObjectNode headers = route.putObject("headers");
      site.headers().forEach((name, value) -> headers.put(name, Secrets.literal(value)));
    }
    texts(route, "models", site.models());
    route.set("upstreams", upstreams(site, from));
    Site.Fallback fallback = site.fallback();
    if (fallback != null) {
      ObjectNode section = NODES.objectNode();
      ArrayNode others = list(fallback.upstreams(), from);
      if (!others.isEmpty()) {
        section.set("upstreams", others);
        texts(section, "on", fallback.on());
        route.set("fallback", section);
      }
    }
    spending(site, from, route);
    return route;
  }

  /** Whether a route goes by it. */
  boolean haveTaken(PluginConfig plugin) {
    return taken.contains(plugin);
  }

  private void spending(Site site, Source from, ObjectNode route) {
    PluginConfig quota = inForce(Plugin.AI_QUOTA, site);
    ObjectNode paid =
        quota == null ? null : QuotaBlock.of(quota.config(), services, consumers).orElse(null);
    PluginConfig limit = inForce(Plugin.AI_TOKEN_RATELIMIT, site);
    ArrayNode limited = limit == null ? NODES.arrayNode() : limits.of(limit.config());
    boolean needed = paid != null || limited.toString().contains("consumer\":");
    ObjectNode auth = auth(site, from, paid, needed);
    if (auth != null) {
      route.set("auth", auth);
    }
    if (paid != null) {
      route.set("ai-quota", paid);
    }
    if (limited.size() == 1) {
      route.set("ai-token-ratelimit", limited.get(0));
    } else if (!limited.isEmpty()) {
      route.set("ai-token-ratelimit", limited);
    }
  }

  private @Nullable ObjectNode auth(
      Site site, Source from, @Nullable ObjectNode paid, boolean needed) {
    PluginConfig keys = inForce(Plugin.KEY_AUTH, site);
    boolean own = keys != null && isRule(keys);
    Set<String> allow = allowed(site, keys, own);
    boolean everywhere = keys != null && !own && isForAll(keys.config());
    if (!own && allow == null && !everywhere) {
      if (!needed) {
        return null;
      }
      from.changed(
          "limits or quotas go by consumer here, but no rule of key-auth holds; callers"
              + " now need a key of any consumer");
    }
    if (paid != null && allow != null && allow.add(paid.path("admin_consumer").asText())) {
      from.changed(
          paid.path("admin_consumer").asText()
              + " may administer quotas but was not"
              + " allowed on the route; it is now");
    }
    return consumers.auth(allow, from);
  }

  /** A rule for a route; one that stands alone, without consumers, is one as well. */
  private static boolean isRule(PluginConfig keys) {
    return keys.scope().kind() != Scope.Kind.EVERYWHERE || keys.config().has("allow");
  }

  private static @Nullable Set<String> allowed(
      Site site, @Nullable PluginConfig keys, boolean own) {
    if (keys != null && own) {
      return keys.config().has("allow")
          ? new LinkedHashSet<>(keys.config().at("allow").texts())
          : new LinkedHashSet<>();
    }
    return site.allow() == null ? null : new LinkedHashSet<>(site.allow());
  }

  /** Without global_auth, a default holds where there are no rules at all. */
  private boolean isForAll(Source config) {
    Source setting = config.at("global_auth");
    return setting.isAbsent()
        ? plugins.stream().noneMatch(plugin -> plugin.plugin() == Plugin.KEY_AUTH && isRule(plugin))
        : setting.flag(false);
  }

  /** What Higress takes: the first rule that holds, else the default. */
  private @Nullable PluginConfig inForce(Plugin plugin, Site site) {
    PluginConfig found =
        plugins.stream()
            .filter(
                config ->
                    config.plugin() == plugin && config.scope().kind() != Scope.Kind.EVERYWHERE)
            .filter(config -> site.isIn(config.scope()))
            .findFirst()
            .or(
                () ->
                    plugins.stream()
                        .filter(config -> config.plugin() == plugin)
                        .filter(config -> config.scope().kind() == Scope.Kind.EVERYWHERE)
                        .min(Comparator.comparing(config -> !isRule(config))))
            .filter(PluginConfig::enabled)
            .orElse(null);
    if (found != null) {
      taken.add(found);
    }
    return found;
  }

  private ArrayNode upstreams(Site site, Source from) {
    ArrayNode known = list(site.upstreams(), from);
    if (!known.isEmpty()) {
      return known;
    }
    PluginConfig proxy = inForce(Plugin.AI_PROXY, site);
    String chosen = proxy == null ? "" : proxy.config().at("activeProviderId").text();
    String provider = providers.named(chosen).orElseGet(() -> providers.usual(from));
    return list(List.of(new Site.Upstream(provider, 1, Map.of())), from);
  }

  private ArrayNode list(List<Site.Upstream> upstreams, Source from) {
    ArrayNode list = NODES.arrayNode();
    Set<String> seen = new TreeSet<>();
    for (Site.Upstream upstream : upstreams) {
      providers
          .named(upstream.provider())
          .filter(seen::add)
          .ifPresentOrElse(
              name -> list.add(upstream(upstream, name)),
              () ->
                  from.leftOut(
                      "the upstream "
                          + upstream.provider()
                          + ", which no configuration of ai-proxy that Tollgate can serve has"));
    }
    return list;
  }

  private ObjectNode upstream(Site.Upstream upstream, String name) {
    ObjectNode written = NODES.objectNode().put("provider", name);
    if (upstream.weight() != 1) {
      written.put("weight", upstream.weight());
    }
    Map<String, String> mapping =
        upstream.mapping().isEmpty() ? providers.mapping(name) : upstream.mapping();
    if (!mapping.isEmpty()) {
      ObjectNode section = written.putObject("model_mapping");
      mapping.forEach((model, own) -> section.put(model, Secrets.literal(own)));
    }
    return written;
  }

  private static void texts(ObjectNode section, String key, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode list = section.putArray(key);
      new ArrayList<>(texts).forEach(text -> list.add(Secrets.literal(text)));
    }
  }
}
