package io.tollgate.contract.config.reader;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Places in the file system. */
final class Paths {
  private Paths() {}

  static Path read(Value value, Path orElse) {
    return value.isAbsent() ? orElse : read(value);
  }

  static Path read(Value value) {
    try {
      return Path.of(value.text("a path"));
    } catch (InvalidPathException e) {
      value.fault("a path");
      return Path.of("");
    }
  }

  /** A file that exists and can be read now. */
  static Path readable(Value value, String allowed) {
    if (value.isAbsent()) {
      value.fault(allowed);
      return Path.of("");
    }
    Path path = read(value);
    if (!path.toString().isBlank() && !(Files.isRegularFile(path) && Files.isReadable(path))) {
      value.fault(value.found() + ", where there is no readable file", allowed);
    }
    return path;
  }
}
