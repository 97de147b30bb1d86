package io.tollgate.auth;

import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.auth.Verdict;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.RouteConfig;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells consumers by the hashes of their keys and holds each route's allow list. Immutable; one
 * serves all event loops.
 *
 * <p>Of several keys the first that anybody has decides. A route without an allow list, or one that
 * this node has never heard of, lets nobody in.
 */
public final class KeyAuthenticator implements AuthService {
  private record Owner(String keyHash, String consumer, Map<String, String> labels) {}

  private final Map<String, Owner> owners;
  private final Map<String, Set<String>> allowed;

  /**
   * @throws IllegalArgumentException when two consumers have the same key
   */
  public KeyAuthenticator(List<ConsumerConfig> consumers, List<RouteConfig> routes) {
    this.owners = owners(consumers);
    this.allowed = allowed(routes);
  }

  @Override
  public Future<Verdict> identify(AuthRequest request) {
    return Future.succeededFuture(verdict(request));
  }

  private Verdict verdict(AuthRequest request) {
    if (request.keyHashes().isEmpty()) {
      return new Verdict.NoKey();
    }
    for (String keyHash : request.keyHashes()) {
      Owner owner = owner(keyHash);
      if (owner != null) {
        String consumer = owner.consumer();
        return allowed.getOrDefault(request.route(), Set.of()).contains(consumer)
            ? new Verdict.Identified(consumer, owner.labels())
            : new Verdict.NotAllowed(consumer);
      }
    }
    return new Verdict.UnknownKey();
  }

  private @Nullable Owner owner(String keyHash) {
    Owner owner = owners.get(keyHash);
    return owner != null && MessageDigest.isEqual(bytes(owner.keyHash()), bytes(keyHash))
        ? owner
        : null;
  }

  private static Map<String, Owner> owners(List<ConsumerConfig> consumers) {
    Map<String, Owner> owners = new HashMap<>();
    for (ConsumerConfig consumer : consumers) {
      for (String keyHash : consumer.keyHashes()) {
        Owner other = owners.put(keyHash, new Owner(keyHash, consumer.name(), consumer.labels()));
        if (other != null) {
          throw new IllegalArgumentException(
              "consumers " + other.consumer() + " and " + consumer.name() + " have the same key");
        }
      }
    }
    return Map.copyOf(owners);
  }

  private static Map<String, Set<String>> allowed(List<RouteConfig> routes) {
    Map<String, Set<String>> allowed = new HashMap<>();
    for (RouteConfig route : routes) {
      if (route.auth() != null) {
        allowed.put(route.name(), Set.copyOf(route.auth().allow()));
      }
    }
    return Map.copyOf(allowed);
  }

  private static byte[] bytes(String keyHash) {
    return keyHash.getBytes(StandardCharsets.US_ASCII);
  }
}
