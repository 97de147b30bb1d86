package io.tollgate.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * How one embedded server is set up, as a file that only its owner can read: the password must not
 * stand on a command line.
 *
 * @param file the server's configuration
 */
record RedisSettings(Path directory, Path file, Path socket, int port, String password) {
  /** Longer paths do not fit into a unix socket's address. */
  private static final int MAX_SOCKET_PATH = 100;

  private static final String FILE = "redis.conf";

  static RedisSettings create(Path directory) throws IOException {
    Path home = directory.toAbsolutePath().normalize();
    byte[] secret = new byte[24];
    new SecureRandom().nextBytes(secret);
    RedisSettings settings =
        new RedisSettings(
            home, home.resolve(FILE), socketIn(home), freePort(), HexFormat.of().formatHex(secret));
    settings.write();
    return settings;
  }

  /** Those of a server that runs on the directory; it alone keeps the file. */
  static RedisSettings read(Path directory) throws IOException {
    Path home = directory.toAbsolutePath().normalize();
    Path file = home.resolve(FILE);
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        values.put(line.substring(0, space), line.substring(space + 1).replace("\"", ""));
      }
    }
    return new RedisSettings(
        home,
        file,
        Path.of(values.getOrDefault("unixsocket", "")),
        Integer.parseInt(values.getOrDefault("port", "0")),
        values.getOrDefault("requirepass", ""));
  }

  static Path pidFile(Path directory) {
    return directory.toAbsolutePath().normalize().resolve("redis.pid");
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(socket);
      if (!socket.startsWith(directory)) {
        Files.deleteIfExists(socket.resolveSibling(""));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write() throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        file,
        """
        bind 127.0.0.1
        port %d
        unixsocket "%s"
        unixsocketperm 700
        requirepass %s
        dir "%s"
        pidfile "%s"
        appendonly yes
        appendfsync everysec
        save ""
        maxmemory-policy noeviction
        lazyfree-lazy-expire yes
        """
            .formatted(port, socket, password, directory, pidFile(directory)));
  }

  private static Path socketIn(Path home) throws IOException {
    Path socket = home.resolve("redis.sock");
    return socket.toString().length() <= MAX_SOCKET_PATH
        ? socket
        : Files.createTempDirectory("tollgate-redis").resolve("redis.sock");
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
