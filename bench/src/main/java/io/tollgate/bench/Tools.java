package io.tollgate.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs of the system that a measurement needs. */
final class Tools {
  private Tools() {}

  /**
   * @throws IOException with the name of one that is not on the {@code PATH}
   */
  static void require(String... names) throws IOException {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String name : names) {
      boolean found =
          Arrays.stream(path.split(File.pathSeparator))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
      if (!found) {
        throw new IOException(name + " is not installed; this measurement needs it");
      }
    }
  }
}
