package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a configuration of Tollgate out of Higress's.
 *
 * <p>Nothing is dropped in silence: each key that is not understood, and each thing that is not the
 * same afterwards, has a note.
 */
public final class HigressImport {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Notes notes = new Notes();
  private final ImportOptions options;
  private final Contents contents;

  private HigressImport(List<Document> documents, ImportOptions options) {
    this.options = options;
    this.contents = new Contents(documents, notes);
  }

  public static Imported of(List<Document> documents, ImportOptions options) {
    return new HigressImport(documents, options).run();
  }

  private Imported run() {
    Secrets secrets = new Secrets(options.secretsFromEnvironment());
    Consumers consumers = new Consumers(secrets);
    Providers providers = new Providers(secrets);
    Services services = new Services(options.services(), contents.addresses(), secrets, notes);
    for (PluginConfig plugin : contents.plugins()) {
      switch (plugin.plugin()) {
        case KEY_AUTH -> consumers.add(plugin.config());
        case AI_PROXY -> providers.add(plugin);
        case AI_QUOTA, AI_TOKEN_RATELIMIT -> {}
      }
    }
    Routes routes =
        new Routes(
            contents.plugins(),
            consumers,
            providers,
            services,
            new LimitBlocks(services, new RuleItems(consumers, secrets), options.firstMatchOnly()));
    ArrayNode written = NODES.arrayNode();
    List<Site> sites = sites();
    for (Site site : sites) {
      written.add(routes.of(site, Source.root(NODES.objectNode(), site.place(), notes)));
    }
    whatHoldsNowhere(routes, sites);
    whatHoldsForAll();
    ObjectNode configuration = NODES.objectNode();
    section(configuration, "services", services.services());
    section(configuration, "providers", providers.providers());
    section(configuration, "consumers", consumers.consumers());
    configuration.set("routes", written);
    return new Imported(configuration, notes.all(), secrets.variables());
  }

  private static void section(ObjectNode configuration, String name, ArrayNode entries) {
    if (!entries.isEmpty()) {
      configuration.set(name, entries);
    }
  }

  /** The routes that the files tell of, those with the narrowest conditions first. */
  private List<Site> sites() {
    List<Site> sites = new ArrayList<>(contents.sites());
    boolean listed = !sites.isEmpty();
    Set<Scope> named = new HashSet<>();
    for (PluginConfig plugin : contents.plugins()) {
      Scope scope = plugin.scope();
      boolean covered =
          sites.stream()
              .anyMatch(site -> listed ? site.isIn(scope) : site.hosts().contains(scope.name()));
      if (scope.kind() == Scope.Kind.SERVICE) {
        if (plugin.plugin() != Plugin.AI_PROXY && !covered) {
          plugin
              .config()
              .leftOut(
                  "it holds for the service "
                      + scope.name()
                      + ", to which no route in the"
                      + " files leads; give the routes' files, too");
        }
      } else if (!covered && scope.kind() != Scope.Kind.EVERYWHERE && named.add(scope)) {
        sites.add(unlisted(plugin));
      }
    }
    if (sites.isEmpty() || (!listed && limitsByDefault())) {
      sites.add(Site.known("default", "", List.of(), "every other request"));
    }
    sites.sort(
        Comparator.comparing((Site site) -> site.hosts().isEmpty())
            .thenComparing(site -> site.hosts().stream().anyMatch(host -> host.contains("*")))
            .thenComparingInt(site -> -site.pathPrefix().length())
            .thenComparingInt(site -> -site.headers().size())
            .thenComparing(site -> site.models().isEmpty())
            .thenComparing(site -> site.models().stream().anyMatch(model -> model.endsWith("*"))));
    return sites;
  }

  /** A route that a plugin names and that is in none of the files. */
  private Site unlisted(PluginConfig plugin) {
    Scope scope = plugin.scope();
    if (scope.kind() == Scope.Kind.DOMAIN) {
      return Site.known(
          scope.name().replace("*", "any"), "", List.of(scope.name()), plugin.config().place());
    }
    plugin
        .config()
        .toDo(
            "the route "
                + scope.name()
                + " is in none of the files, so that its conditions are not known; the host "
                + scope.name()
                + ".invalid stands in their place; write the route's host, path_prefix or models,"
                + " or give its Ingress or AI route, too");
    return Site.known(
        scope.name(), scope.name(), List.of(scope.name() + ".invalid"), plugin.config().place());
  }

  private boolean limitsByDefault() {
    return contents.plugins().stream()
        .filter(PluginConfig::enabled)
        .filter(plugin -> plugin.scope().kind() == Scope.Kind.EVERYWHERE)
        .anyMatch(
            plugin ->
                plugin.plugin() == Plugin.AI_QUOTA
                    || plugin.plugin() == Plugin.AI_TOKEN_RATELIMIT
                    || plugin.config().at("global_auth").flag(false));
  }

  /** Of a service that nothing leads to has been told already. */
  private void whatHoldsNowhere(Routes routes, List<Site> sites) {
    for (PluginConfig plugin : contents.plugins()) {
      boolean spends =
          plugin.plugin() == Plugin.AI_QUOTA || plugin.plugin() == Plugin.AI_TOKEN_RATELIMIT;
      boolean somewhere = sites.stream().anyMatch(site -> site.isIn(plugin.scope()));
      if (spends && plugin.enabled() && somewhere && !routes.haveTaken(plugin)) {
        plugin
            .config()
            .leftOut(
                "it holds on no route that the files tell of, as on each of them another rule of "
                    + plugin.plugin().label()
                    + " comes before it");
      }
    }
  }

  private void whatHoldsForAll() {
    if (contents.plugins().stream()
        .noneMatch(plugin -> plugin.plugin() == Plugin.AI_TOKEN_RATELIMIT)) {
      return;
    }
    if (!options.firstMatchOnly()) {
      notes.changed(
          "rule_items",
          "every rule item that matches applies, as in Higress from August 2026 on; before, the"
              + " first one did: --first-match makes it so");
    }
    notes.changed(
        "counters",
        "those named higress-token-ratelimit:<rule>:… go on as they are; those of newer versions,"
            + " with the rule's name in braces, are not read, so that at most one window of each"
            + " begins anew");
  }
}
