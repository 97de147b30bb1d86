package io.tollgate.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a file was changed, replaced, or that a link on its way leads elsewhere, as when
 * Kubernetes replaces a ConfigMap. Blocks; used by one thread at a time.
 */
final class FileWatch {
  /**
   * @param key the file's own, which a file of the same name and time does not have
   */
  private record Stamp(@Nullable FileTime changed, long bytes, @Nullable Object key) {
    static final Stamp NOTHING = new Stamp(null, 0, null);

    static Stamp of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
      } catch (IOException e) {
        return NOTHING;
      }
    }
  }

  private final Path file;
  private Stamp known;
  private Stamp last;

  /** What is there now is known. */
  FileWatch(Path file) {
    this.file = file;
    this.known = Stamp.of(file);
    this.last = known;
  }

  /**
   * Whether there is something new, told once. What is still being written has another look at each
   * call; it is new when it was left alone from one call to the next.
   */
  boolean hasNews() {
    Stamp now = Stamp.of(file);
    boolean still = now.equals(last);
    last = now;
    if (!still || now.equals(known)) {
      return false;
    }
    known = now;
    return true;
  }
}
