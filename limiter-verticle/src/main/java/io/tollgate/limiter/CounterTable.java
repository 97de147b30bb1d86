package io.tollgate.limiter;

import io.tollgate.contract.hold.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The counters that one script call touches, each once, and the arguments about them. The layout is
 * described in {@code counter.lua}.
 */
final class CounterTable {
  /** Larger amounts lose their last digits in Lua's numbers. */
  private static final long LARGEST_AMOUNT = 1L << 50;

  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<String> windowsMillis = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  CounterTable add(String text) {
    requests.add(text);
    return this;
  }

  CounterTable add(int count) {
    return add(Integer.toString(count));
  }

  /** An amount of tokens, brought between zero and what scripts can count. */
  CounterTable addTokens(long tokens) {
    return add(Long.toString(Math.clamp(tokens, 0, LARGEST_AMOUNT)));
  }

  CounterTable addCounter(String counter, long windowSeconds) {
    Integer number = numbers.get(counter);
    if (number == null) {
      number = numbers.size() + 1;
      numbers.put(counter, number);
      windowsMillis.add(Long.toString(windowSeconds * 1000));
    }
    return add(number);
  }

  List<String> keys() {
    List<String> keys = new ArrayList<>(2 * numbers.size());
    for (String counter : numbers.keySet()) {
      keys.add(counter);
      keys.add('{' + counter + "}:holds");
    }
    return keys;
  }

  List<String> args() {
    List<String> args = new ArrayList<>(2 + windowsMillis.size() + requests.size());
    args.add(Long.toString(Lease.LENGTH.toMillis()));
    args.add(Integer.toString(windowsMillis.size()));
    args.addAll(windowsMillis);
    args.addAll(requests);
    return args;
  }
}
