package io.tollgate.deploy;

import java.util.ArrayList;
import java.util.List;

/** A table for a terminal: an empty line, a head, and rows; nothing at all without a row. */
final class TextTable {
  private static final int GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... head) {
    rows.add(List.of(head));
  }

  /**
   * @param cells as many as the head has
   */
  void add(String... cells) {
    rows.add(List.of(cells));
  }

  @Override
  public String toString() {
    if (rows.size() == 1) {
      return "";
    }
    StringBuilder text = new StringBuilder(System.lineSeparator());
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        line.append(row.get(column));
        line.append(" ".repeat(width(column) - row.get(column).length() + GAP));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
