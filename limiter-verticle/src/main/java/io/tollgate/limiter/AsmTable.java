package io.tollgate.limiter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The buckets that one script call touches, each once; the layout is in {@code asm.lua}. */
final class AsmTable {
  private final Map<AsmBucket.Keys, Integer> numbers = new LinkedHashMap<>();
  private final List<String> keys = new ArrayList<>();
  private final List<String> buckets = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  AsmTable add(String text) {
    requests.add(text);
    return this;
  }

  AsmTable add(long number) {
    return add(Long.toString(number));
  }

  AsmTable addAll(List<AsmBucket> all) {
    add(all.size());
    all.forEach(bucket -> add(numbers.computeIfAbsent(bucket.keys(), made -> number(bucket))));
    return this;
  }

  private int number(AsmBucket bucket) {
    AsmBucket.Keys at = bucket.keys();
    keys.add(at.balance());
    keys.add(at.filled());
    keys.add(at.side() + ":holds");
    keys.add(at.side() + ":leases");
    keys.add(at.side() + ":settled");
    buckets.add(Long.toString(bucket.rule().fillIntervalSeconds()));
    buckets.add(Long.toString(bucket.rule().tokensPerFill()));
    buckets.add(Long.toString(bucket.rule().maxTokens()));
    buckets.add(Long.toString(bucket.rule().expirySeconds()));
    return numbers.size() + 1;
  }

  List<String> keys() {
    return keys;
  }

  List<String> args() {
    List<String> args = new ArrayList<>(1 + buckets.size() + requests.size());
    args.add(Integer.toString(numbers.size()));
    args.addAll(buckets);
    args.addAll(requests);
    return args;
  }
}
