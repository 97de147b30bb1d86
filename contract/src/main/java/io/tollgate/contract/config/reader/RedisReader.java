package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.config.StoreConfig.Cluster;
import io.tollgate.contract.config.StoreConfig.Embedded;
import io.tollgate.contract.config.StoreConfig.Sentinel;
import io.tollgate.contract.config.StoreConfig.Server;
import io.tollgate.contract.config.StoreConfig.Standalone;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A store, wherever a section of the file names one: an address, or a list of addresses with the
 * {@code mode} that says what they are.
 */
final class RedisReader {
  private enum Mode {
    CLUSTER,
    SENTINEL
  }

  private static final int REDIS_PORT = 6379;
  private static final int SENTINEL_PORT = 26_379;
  private static final String ONE = "embedded, or " + RedisAddress.ALLOWED;
  private static final String SEVERAL = "a list of " + RedisAddress.ALLOWED;

  private final Value redis;
  private final Value mode;
  private final Value master;
  private final Value sentinelUser;
  private final Value sentinelPassword;
  private final Duration timeout;

  private RedisReader(Section section, String key, Duration timeout) {
    this.redis = section.value(key);
    this.mode = section.value("mode");
    this.master = section.value("master");
    this.sentinelUser = section.value("sentinel_username");
    this.sentinelPassword = section.value("sentinel_password");
    this.timeout = timeout;
  }

  /**
   * @param key of the address or the addresses
   */
  static StoreConfig read(Section section, String key, Duration timeout) {
    return new RedisReader(section, key, timeout).read();
  }

  private StoreConfig read() {
    Mode chosen = mode();
    if (chosen != Mode.SENTINEL) {
      for (Value sentinelOnly : List.of(master, sentinelUser, sentinelPassword)) {
        if (!sentinelOnly.isAbsent()) {
          sentinelOnly.fault("a key of mode: sentinel", "this key with mode: sentinel only");
        }
      }
    }
    if (!redis.node().isArray()) {
      return chosen == null ? one() : new Embedded(timeout);
    }
    return switch (chosen) {
      case CLUSTER -> cluster(servers(REDIS_PORT));
      case SENTINEL -> sentinel(servers(SENTINEL_PORT));
      case null -> {
        servers(REDIS_PORT);
        yield new Embedded(timeout);
      }
    };
  }

  private @Nullable Mode mode() {
    boolean several = redis.node().isArray();
    if (mode.isAbsent()) {
      if (several) {
        mode.fault(
            "nothing, but a list of addresses in " + redis.path(),
            "cluster or sentinel; or one address in place of the list");
      }
      return null;
    }
    Map<String, Mode> words = new LinkedHashMap<>();
    words.put("cluster", Mode.CLUSTER);
    words.put("sentinel", Mode.SENTINEL);
    Mode chosen = mode.choice(words, Mode.CLUSTER);
    if (!several) {
      redis.fault(
          redis.isAbsent() ? "nothing, but a mode" : "one address, but a mode",
          SEVERAL + "; or no mode");
    }
    return chosen;
  }

  private StoreConfig one() {
    if (redis.isAbsent() || redis.node().asText().equals("embedded")) {
      return new Embedded(timeout);
    }
    Standalone address = RedisAddress.read(redis, ONE, REDIS_PORT, timeout);
    return address == null ? new Embedded(timeout) : address;
  }

  private StoreConfig cluster(Map<Server, Standalone> servers) {
    if (servers.isEmpty()) {
      return new Embedded(timeout);
    }
    Standalone first = servers.values().iterator().next();
    if (first.database() != 0) {
      redis.fault("database " + first.database(), "no database: Redis Cluster has none but 0");
    }
    return new Cluster(
        List.copyOf(servers.keySet()), first.tls(), first.user(), first.password(), timeout);
  }

  private StoreConfig sentinel(Map<Server, Standalone> servers) {
    String name = master.text(Names.FORM, "the name by which the sentinels know the master");
    String user = sentinelUser.text("a user name", "");
    String password = sentinelPassword.isAbsent() ? "" : sentinelPassword.secret("a password");
    if (!user.isEmpty() && password.isEmpty()) {
      sentinelPassword.fault("nothing, but a sentinel_username", "the password of that user");
    }
    if (servers.isEmpty()) {
      return new Embedded(timeout);
    }
    Standalone first = servers.values().iterator().next();
    return new Sentinel(
        List.copyOf(servers.keySet()),
        name,
        first.tls(),
        first.user(),
        first.password(),
        first.database(),
        user.isEmpty() ? null : user,
        password.isEmpty() ? null : password,
        timeout);
  }

  /** The servers of the list, each with its address; all are entered in one way. */
  private Map<Server, Standalone> servers(int defaultPort) {
    Map<Server, Standalone> servers = new LinkedHashMap<>();
    List<Value> entries = redis.list(SEVERAL);
    if (entries.isEmpty()) {
      redis.fault(SEVERAL);
    }
    Standalone first = null;
    for (Value entry : entries) {
      Standalone address = RedisAddress.read(entry, RedisAddress.ALLOWED, defaultPort, timeout);
      if (address != null) {
        first = first == null ? address : first;
        Server server = new Server(address.host(), address.port());
        if (servers.putIfAbsent(server, address) != null) {
          entry.fault(server + " a second time", "each address once");
        } else if (!isEnteredAlike(first, address)) {
          entry.fault(
              "another user, password, database or scheme than in the first address",
              "the same in each address of the list");
        }
      }
    }
    return servers;
  }

  private static boolean isEnteredAlike(Standalone one, Standalone other) {
    return one.tls() == other.tls()
        && one.database() == other.database()
        && Objects.equals(one.user(), other.user())
        && Objects.equals(one.password(), other.password());
  }
}
