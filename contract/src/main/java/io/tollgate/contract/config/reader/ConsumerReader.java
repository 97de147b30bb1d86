package io.tollgate.contract.config.reader;

import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.ConsumerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The entries of {@code consumers}: no key belongs to two of them. */
final class ConsumerReader {
  private static final String KEY = "a key without spaces";
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

  private final Names names = new Names();
  private final Map<String, String> owners = new HashMap<>();

  private ConsumerReader() {}

  static List<ConsumerConfig> readAll(Value value) {
    ConsumerReader reader = new ConsumerReader();
    return value.list("a list of consumers with name and keys", List.of()).stream()
        .map(reader::read)
        .toList();
  }

  private ConsumerConfig read(Value value) {
    try (Section consumer = Section.required(value, "a section with name and keys")) {
      String name = names.define(consumer.value("name"));
      Map<String, String> knownKeys = new HashMap<>();
      List<String> hashes = new ArrayList<>();
      for (Value entry : consumer.value("keys").list("a list of keys", List.of())) {
        String key = key(entry);
        String hash = KeyHash.of(key);
        knownKeys.put(hash, key);
        claim(entry, hash, name, hashes);
      }
      for (Value entry :
          consumer.value("key_sha256").oneOrMore("SHA-256 hashes of keys, 64 hexadecimal digits")) {
        claim(entry, hash(entry), name, hashes);
      }
      if (hashes.isEmpty() && value.node().isObject()) {
        consumer.fault("a consumer without a key", "at least one of keys or key_sha256");
      }
      return new ConsumerConfig(
          name, hashes, knownKeys, LabelReader.read(consumer.value("labels")));
    }
  }

  private void claim(Value entry, String hash, String consumer, List<String> hashes) {
    String owner = owners.putIfAbsent(hash, consumer);
    if (owner != null && !entry.node().asText().isBlank()) {
      entry.fault("a key that consumer " + owner + " has already", "a key of its own");
    }
    hashes.add(hash);
  }

  private static String key(Value entry) {
    String key = entry.secret(KEY);
    boolean printable = key.chars().allMatch(c -> c > ' ' && c != 0x7f);
    if (!printable && !key.isBlank()) {
      entry.fault("a secret of " + key.length() + " characters", KEY);
    }
    return key;
  }

  private static String hash(Value entry) {
    String hash = entry.secret("64 hexadecimal digits");
    if (!hash.isBlank() && !HASH.matcher(hash).matches()) {
      entry.fault(
          "a secret of " + hash.length() + " characters", "64 hexadecimal digits, a key's SHA-256");
    }
    return hash.toLowerCase(Locale.ROOT);
  }
}
