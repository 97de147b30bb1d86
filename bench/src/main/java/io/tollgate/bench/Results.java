package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one run writes.
 *
 * @param folder {@code bench/results}, with the rows of all runs
 * @param dir for the logs and data of this run alone
 */
public record Results(Path folder, Path dir) {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm");

  /**
   * Makes the folders of a new run.
   *
   * @param home the project's folder
   */
  public static Results in(Path home) throws IOException {
    Path folder = Files.createDirectories(home.resolve("bench/results"));
    return new Results(
        folder, Files.createTempDirectory(Files.createDirectories(folder.resolve("tmp")), "run"));
  }

  /**
   * Writes the raw rows as {@code <date>-<name>.csv} and says where they are.
   *
   * @param name of what was measured
   */
  void write(String name, String header, List<String> rows) throws IOException {
    Path csv = file(name + ".csv");
    List<String> lines = new ArrayList<>(List.of(header));
    lines.addAll(rows);
    Files.write(csv, lines);
    System.out.println("\nraw rows: " + csv + "   logs: " + dir);
  }

  /** Where to write rows: {@code <date>-<name>}. */
  public Path file(String name) {
    return folder.resolve(LocalDateTime.now(ZoneId.systemDefault()).format(STAMP) + "-" + name);
  }
}
