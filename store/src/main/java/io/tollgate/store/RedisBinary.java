package io.tollgate.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import redis.embedded.RedisServer;

/** The Redis server that the {@code org.signal:embedded-redis} library carries. */
public final class RedisBinary {
  private static final String VERSION = "redis-server-7.0.15";

  private RedisBinary() {}

  /**
   * Puts the executable for this system into the directory, once, and tells its path. Blocks.
   *
   * @throws IOException when there is none for this system
   */
  public static Path extractTo(Path directory) throws IOException {
    String name = VERSION + '-' + system() + '-' + architecture();
    Path binary = directory.resolve(name).toAbsolutePath();
    if (Files.isExecutable(binary)) {
      return binary;
    }
    try (InputStream resource = RedisServer.class.getResourceAsStream('/' + name)) {
      if (resource == null) {
        throw new IOException(
            "there is no embedded Redis for this system (%s); run a Redis and name it in store.redis"
                .formatted(name));
      }
      // Under another name first: a copy that was cut short must not look like the whole.
      Path part = Files.createTempFile(directory, name, ".part");
      Files.copy(resource, part, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
      Files.move(part, binary, StandardCopyOption.ATOMIC_MOVE);
    }
    return binary;
  }

  private static String system() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.split(" ", 2)[0];
  }

  private static String architecture() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }
}
