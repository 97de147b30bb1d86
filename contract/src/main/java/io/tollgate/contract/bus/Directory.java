package io.tollgate.contract.bus;

import io.tollgate.contract.Role;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which nodes play which role, as far as this node has heard, and which addresses its own event
 * loops serve. Shared by all event loops of a node; thread-safe.
 *
 * <p>A node that was silent for {@link #SILENCE} is not asked any more; one that left a question
 * unanswered is passed over until it is heard again.
 */
public final class Directory {
  static final Duration SILENCE = Duration.ofSeconds(4);

  /** A silent node may live on beyond a broken network; for so long it counts as there. */
  static final Duration MEMORY = Duration.ofMinutes(1);

  private record Sighting(Set<Role> roles, long atMillis, boolean suspect) {}

  private final String node;
  private final InstantSource clock;
  private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();
  private final Map<Role, Set<String>> servedHere = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * @param node this node's own id, unique in the cluster and new at each start
   */
  public Directory(String node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
  }

  /** This node's own id. */
  public String node() {
    return node;
  }

  /** Whether some node, this one included, is known to play the role now. */
  public boolean isPlayed(Role role) {
    return isServedHere(role) || next(role, Set.of()).isPresent();
  }

  /**
   * How many nodes play the role, this one included. A node that has fallen silent without a
   * goodbye is counted for {@link #MEMORY}: what is divided by this number must not grow because
   * the network is broken. At least one.
   */
  public int players(Role role) {
    long oldest = clock.millis() - MEMORY.toMillis();
    long others =
        sightings.values().stream()
            .filter(seen -> seen.atMillis() >= oldest && seen.roles().contains(role))
            .count();
    return Math.max(1, (int) others + (isServedHere(role) ? 1 : 0));
  }

  void serve(Address<?, ?> address, String loop) {
    servedHere
        .computeIfAbsent(address.role(), role -> ConcurrentHashMap.newKeySet())
        .add(address.onLoop(loop));
  }

  void stopServing(Address<?, ?> address, String loop) {
    Set<String> served = servedHere.get(address.role());
    if (served != null) {
      served.remove(address.onLoop(loop));
    }
  }

  boolean isServedOn(Address<?, ?> address, String loop) {
    return servedHere.getOrDefault(address.role(), Set.of()).contains(address.onLoop(loop));
  }

  boolean isServedHere(Role role) {
    return !servedHere.getOrDefault(role, Set.of()).isEmpty();
  }

  void heard(NodeAlive alive) {
    if (alive.node().equals(node)) {
      return;
    }
    if (alive.leaving()) {
      sightings.remove(alive.node());
      return;
    }
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    roles.addAll(alive.roles());
    sightings.put(alive.node(), new Sighting(roles, clock.millis(), false));
  }

  void suspect(String silent) {
    sightings.computeIfPresent(
        silent, (id, seen) -> new Sighting(seen.roles(), seen.atMillis(), true));
  }

  /**
   * The node to ask next: other nodes in turn, those under suspicion last.
   *
   * @param except nodes that were asked already
   */
  Optional<String> next(Role role, Set<String> except) {
    long now = clock.millis();
    long oldest = now - SILENCE.toMillis();
    sightings.values().removeIf(seen -> seen.atMillis() < now - MEMORY.toMillis());
    List<Map.Entry<String, Sighting>> candidates =
        sightings.entrySet().stream()
            .filter(e -> e.getValue().atMillis() >= oldest)
            .filter(e -> e.getValue().roles().contains(role) && !except.contains(e.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .sorted(Comparator.comparing(e -> e.getValue().suspect()))
            .toList();
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    long trusted = candidates.stream().filter(e -> !e.getValue().suspect()).count();
    int choices = trusted > 0 ? (int) trusted : candidates.size();
    int choice = Math.floorMod(turn.getAndIncrement(), choices);
    return Optional.of(candidates.get(choice).getKey());
  }
}
