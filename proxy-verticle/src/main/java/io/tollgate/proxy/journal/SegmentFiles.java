package io.tollgate.proxy.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The journal's directory: {@code events-<number>.log}, and with {@code .damaged} behind it what
 * was set aside. All methods block.
 */
final class SegmentFiles {
  static final String UNFINISHED = ".new";

  private static final String DAMAGED = ".damaged";
  private static final Pattern NAME = Pattern.compile("events-(\\d{1,12})\\.log.*");

  private final Path directory;
  private final AtomicLong lastNumber = new AtomicLong();

  SegmentFiles(Path directory) {
    this.directory = directory;
  }

  /** Makes the directory, and takes away files that were not finished; they held nothing. */
  void open() throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        Matcher numbered = NAME.matcher(name);
        if (numbered.matches()) {
          lastNumber.accumulateAndGet(Long.parseLong(numbered.group(1)), Math::max);
          if (name.endsWith(UNFINISHED)) {
            Files.delete(file);
          }
        }
      }
    }
  }

  /** In the order in which they were made. */
  List<Path> segments() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(
              file ->
                  NAME.matcher(file.getFileName().toString()).matches()
                      && file.getFileName().toString().endsWith(".log"))
          .sorted()
          .toList();
    }
  }

  Segment create(int size) throws IOException {
    Path file = directory.resolve("events-%06d.log".formatted(lastNumber.incrementAndGet()));
    return Segment.create(file, size);
  }

  /**
   * @return its new name
   */
  Path setAside(Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    forceNames(directory);
    return aside;
  }

  void delete(Segment segment) throws IOException {
    Files.deleteIfExists(segment.file());
  }

  Path directory() {
    return directory;
  }

  /** What has been made and renamed there survives a loss of power. */
  static void forceNames(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
