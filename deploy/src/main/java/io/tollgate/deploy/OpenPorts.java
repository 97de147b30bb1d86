package io.tollgate.deploy;

import io.tollgate.contract.config.Listen;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a node is listening: hosts as they are configured, ports as they are, also where any free
 * one was asked for. Immutable.
 */
record OpenPorts(Map<OpenPorts.Door, Listen> byDoor) {
  /** What a port is for; in the order in which people are told. */
  enum Door {
    HTTP("http"),
    HTTPS("https"),
    LIMITER_HTTP("limiter_http"),
    ADMIN("admin");

    private final String label;

    Door(String label) {
      this.label = label;
    }
  }

  /** Of a node that has opened none yet. */
  static final OpenPorts NONE = new OpenPorts(Map.of());

  OpenPorts {
    Map<Door, Listen> sorted = new EnumMap<>(Door.class);
    sorted.putAll(byDoor);
    byDoor = Collections.unmodifiableMap(sorted);
  }

  OpenPorts with(Door door, String host, int port) {
    Map<Door, Listen> more = new EnumMap<>(Door.class);
    more.putAll(byDoor);
    more.put(door, new Listen(host, port));
    return new OpenPorts(more);
  }

  /** 0 when the node does not listen for that. */
  int of(Door door) {
    Listen listen = byDoor.get(door);
    return listen == null ? 0 : listen.port();
  }

  /** {@code http 0.0.0.0:8080, admin 127.0.0.1:8001}; empty for none. */
  @Override
  public String toString() {
    return byDoor.entrySet().stream()
        .map(
            door ->
                door.getKey().label + ' ' + door.getValue().host() + ':' + door.getValue().port())
        .collect(Collectors.joining(", "));
  }
}
