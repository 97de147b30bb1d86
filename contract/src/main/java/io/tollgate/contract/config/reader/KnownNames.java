package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.ProviderConfig;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What rules and quotas may refer to.
 *
 * @param labels the values that consumers' labels have, by name
 */
record KnownNames(
    Set<String> consumers,
    Set<String> providers,
    Set<String> routes,
    Map<String, Set<String>> labels) {
  /**
   * @param routes the section, of which only the names are read
   */
  static KnownNames of(
      List<ConsumerConfig> consumers, List<ProviderConfig> providers, Value routes) {
    Set<String> routeNames = new LinkedHashSet<>();
    routes.node().forEach(route -> routeNames.add(route.path("name").asText()));
    Map<String, Set<String>> labels = new LinkedHashMap<>();
    consumers.forEach(
        consumer ->
            consumer
                .labels()
                .forEach(
                    (name, value) ->
                        labels.computeIfAbsent(name, n -> new TreeSet<>()).add(value)));
    return new KnownNames(
        names(consumers, ConsumerConfig::name),
        names(providers, ProviderConfig::name),
        routeNames,
        labels);
  }

  private static <T> Set<String> names(List<T> things, Function<T, String> name) {
    return things.stream().map(name).collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
