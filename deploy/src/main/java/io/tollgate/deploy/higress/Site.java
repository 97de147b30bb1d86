package io.tollgate.deploy.higress;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A route of Higress, as far as the files tell.
 *
 * @param ingress the name of its Ingress; empty when it is none
 * @param headers exact values by name
 * @param upstreams in order; empty when the files do not say
 * @param fallback null for none
 * @param allow the consumers who may use it; null when the route itself does not say
 * @param place where it stands, for notes
 */
record Site(
    String name,
    String ingress,
    List<String> hosts,
    String pathPrefix,
    Map<String, String> headers,
    List<String> models,
    List<Upstream> upstreams,
    @Nullable Fallback fallback,
    @Nullable List<String> allow,
    String place) {
  static final String ANY_PATH = "/";

  record Upstream(String provider, int weight, Map<String, String> mapping) {}

  record Fallback(List<Upstream> upstreams, List<String> on) {}

  /** A route of which nothing but a name is known. */
  static Site known(String name, String ingress, List<String> hosts, String place) {
    return new Site(
        name, ingress, hosts, ANY_PATH, Map.of(), List.of(), List.of(), null, null, place);
  }

  boolean isIn(Scope scope) {
    return switch (scope.kind()) {
      case EVERYWHERE -> true;
      case INGRESS -> ingress.equals(scope.name());
      case DOMAIN -> hosts.stream().anyMatch(host -> covers(scope.name(), host));
      case SERVICE ->
          upstreams.stream().anyMatch(up -> serviceNames(up.provider()).contains(scope.name()));
    };
  }

  /** The names that the console gives the service of a provider. */
  static List<String> serviceNames(String provider) {
    return List.of(
        "llm-" + provider + ".internal.dns", "llm-" + provider + ".internal.static", provider);
  }

  private static boolean covers(String pattern, String host) {
    return pattern.equals(host)
        || pattern.equals("*")
        || (pattern.startsWith("*") && host.endsWith(pattern.substring(1)))
        || (pattern.endsWith("*") && host.startsWith(pattern.substring(0, pattern.length() - 1)));
  }
}
