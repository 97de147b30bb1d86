package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ConfigFault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Collects what is wrong with one configuration, and the secrets that must not be told. */
final class Faults {
  /** What is shorter would be found inside ordinary words. */
  private static final int SHORTEST_SECRET = 6;

  private final List<ConfigFault> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final TreeSet<String> secrets =
      new TreeSet<>(
          Comparator.comparingInt(String::length)
              .reversed()
              .thenComparing(Comparator.naturalOrder()));

  void add(String path, String found, String allowed) {
    faults.add(new ConfigFault(path.isEmpty() ? "the file" : path, found, allowed));
  }

  int count() {
    return faults.size();
  }

  void warn(String path, String text) {
    warnings.add(path + ": " + text);
  }

  /** Blots the text out of every fault and warning, wherever else it may have been repeated. */
  void secret(String text) {
    if (text.length() >= SHORTEST_SECRET) {
      secrets.add(text);
    }
  }

  List<ConfigFault> faults() {
    return faults.stream()
        .map(f -> new ConfigFault(blot(f.path()), blot(f.found()), blot(f.allowed())))
        .distinct()
        .toList();
  }

  List<String> warnings() {
    return warnings.stream().map(this::blot).distinct().toList();
  }

  private String blot(String text) {
    String blotted = text;
    for (String secret : secrets) {
      blotted = blotted.replace(secret, "***");
    }
    return blotted;
  }
}
