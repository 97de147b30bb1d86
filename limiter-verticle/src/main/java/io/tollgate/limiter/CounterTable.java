package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitTerms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The counters that one script call touches, each once, and the arguments about them. The layout is
 * described in {@code call.lua}.
 */
final class CounterTable {
  /** Larger amounts lose their last digits in Lua's numbers. */
  private static final long LARGEST_AMOUNT = 1L << 50;

  /** No counter's name has one; see {@link CounterNames}. */
  private static final char MEMBER_SEPARATOR = ' ';

  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<String> shapes = new ArrayList<>();
  private final List<String> members = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private final CounterTimes times;

  CounterTable(CounterTimes times) {
    this.times = times;
  }

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

  /** A counter, and what is held on it. */
  CounterTable addHold(String counter, LimitHold hold) {
    return addCounter(counter, hold.terms())
        .addTokens(hold.tokens())
        .add(hold.window().isEmpty() ? "0" : hold.window());
  }

  /**
   * @param member as {@link #members} names it
   */
  CounterTable addMember(String member) {
    String length = member.substring(0, member.indexOf(MEMBER_SEPARATOR));
    return addNew(counterOf(member), length, member);
  }

  /** The counter that an index of leases names so. */
  static String counterOf(String member) {
    return member.substring(member.indexOf(MEMBER_SEPARATOR) + 1);
  }

  CounterTable addCounter(String counter, LimitTerms terms) {
    Integer number = numbers.get(counter);
    return number == null
        ? addNew(
            counter,
            CounterShape.of(terms, times.clock().instant()),
            Long.toString(terms.period().millis()) + MEMBER_SEPARATOR + counter)
        : add(number);
  }

  /** Which of the counters it is, from one on. */
  int numberOf(String counter) {
    return Objects.requireNonNull(numbers.get(counter));
  }

  private CounterTable addNew(String counter, String shape, String member) {
    int number = numbers.size() + 1;
    numbers.put(counter, number);
    shapes.add(shape);
    members.add(member);
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

  /** What the counters are called in an index of leases: usual length of a window and counter. */
  List<String> members() {
    return members;
  }

  List<String> args() {
    List<String> args = new ArrayList<>(4 + shapes.size() + requests.size());
    args.add(Long.toString(times.lease().toMillis()));
    args.add(Long.toString(times.settled().toMillis()));
    args.add(Long.toString(times.billed().toMillis()));
    args.add(Integer.toString(shapes.size()));
    args.addAll(shapes);
    args.addAll(requests);
    return args;
  }
}
