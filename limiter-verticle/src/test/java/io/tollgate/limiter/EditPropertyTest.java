package io.tollgate.limiter;

import static io.tollgate.contract.hold.LimitType.LIMIT_BY_PER_CONSUMER;
import static io.tollgate.limiter.Asks.request;
import static io.tollgate.limiter.Blocks.block;
import static io.tollgate.limiter.Blocks.item;
import static io.tollgate.limiter.Blocks.key;
import static io.tollgate.limiter.Blocks.strict;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.alert.Alarm;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.usage.Acknowledged;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Rules are edited while requests are open: raised, lowered, made strict, removed, put back, given
 * a second window. Whatever comes when, each counter has what the requests have used that it held
 * for, and each decision is that of the rules the request goes by.
 */
class EditPropertyTest {
  private static final String PREFIX = "higress-token-ratelimit:r:limit_by_per_consumer:";
  private static final long HOUR = 3600;
  private static final long TWO_HOURS = 7200;

  /** One thing that happens. */
  sealed interface Step {
    /**
     * The rule becomes this one.
     *
     * @param hourly 0 when it goes
     * @param inTwoHours 0 for no such window
     */
    record Edit(long hourly, long inTwoHours, boolean strict) implements Step {}

    /**
     * A request comes.
     *
     * @param behind by how many versions its proxy is
     */
    record Ask(long estimate, int behind) implements Step {}

    /** One of the open requests ends. */
    record End(int which, long used) implements Step {}
  }

  /** What a counter should be like. */
  private static final class Book {
    private long used;
    private final Map<String, Long> held = new LinkedHashMap<>();

    long available(long capacity) {
      return capacity - used - held.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private static Path directory;
  private static RedisFixture redis;
  private static CounterStore store;

  private final Map<Long, Book> books = new LinkedHashMap<>();
  private final List<Step.Edit> versions = new ArrayList<>();
  private final Map<String, List<LimitHold>> open = new LinkedHashMap<>();
  private LiveConfig live;
  private RedisLimiter limiter;
  private int asked;

  @BeforeContainer
  static void start() throws Exception {
    directory = Files.createTempDirectory("edits");
    redis = RedisFixture.start(directory);
    store = new CounterStore(redis.link, Limiters.names());
  }

  @AfterContainer
  static void stop() throws Exception {
    redis.close();
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 60)
  void what_is_used_is_never_lost_and_never_counts_twice(@ForAll("steps") List<Step> steps)
      throws Exception {
    redis.send(Command.FLUSHALL);
    begin(new Step.Edit(100, 0, false));

    for (Step step : steps) {
      switch (step) {
        case Step.Edit edit -> edit(edit);
        case Step.Ask ask -> ask(ask);
        case Step.End end -> end(end);
      }
      assertCounters();
    }
    while (!open.isEmpty()) {
      end(new Step.End(0, 7));
    }

    assertCounters();
  }

  @Provide
  static Arbitrary<List<Step>> steps() {
    Arbitrary<Long> capacity = Arbitraries.longs().between(0, 300);
    Arbitrary<Step> edits =
        Combinators.combine(capacity, Arbitraries.of(0L, 50L, 500L), Arbitraries.of(true, false))
            .as(Step.Edit::new);
    Arbitrary<Step> asks =
        Combinators.combine(
                Arbitraries.longs().between(1, 80), Arbitraries.integers().between(0, 2))
            .as(Step.Ask::new);
    Arbitrary<Step> ends =
        Combinators.combine(
                Arbitraries.integers().between(0, 20), Arbitraries.longs().between(0, 120))
            .as(Step.End::new);
    return Arbitraries.frequencyOf(Tuple.of(2, edits), Tuple.of(5, asks), Tuple.of(4, ends))
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  private void begin(Step.Edit first) {
    books.clear();
    books.put(HOUR, new Book());
    books.put(TWO_HOURS, new Book());
    open.clear();
    versions.clear();
    versions.add(first);
    live = new LiveConfig(0, LimiterVerticleTest.config(blocks(first)));
    LimiterSetup setup =
        LimiterSetup.of(
            live,
            redis.meters,
            new AlertWatch(
                new Alarm(alert -> Future.succeededFuture(Acknowledged.YES), redis.meters)));
    limiter = Limiters.limiter(redis, setup, store);
  }

  private void edit(Step.Edit edit) {
    versions.add(edit);
    live.apply(versions.size() - 1L, LimiterVerticleTest.config(blocks(edit)));
  }

  private void ask(Step.Ask ask) throws Exception {
    int version = Math.max(0, versions.size() - 1 - ask.behind());
    Step.Edit rule = versions.get(version);
    String id = "q" + asked++;

    Admission admission =
        redis.on(() -> limiter.admit(at(version, request(id).by("bob").estimate(ask.estimate()))));

    boolean expected = admits(rule, ask.estimate());
    assertThat(admission instanceof Admission.Admitted)
        .as("%s by %s with %s", ask, rule, books)
        .isEqualTo(expected);
    if (admission instanceof Admission.Admitted admitted) {
      open.put(id, admitted.holds());
      hold(HOUR, rule.hourly(), id, ask.estimate());
      hold(TWO_HOURS, rule.hourly() == 0 ? 0 : rule.inTwoHours(), id, ask.estimate());
    }
  }

  private boolean admits(Step.Edit rule, long estimate) {
    return rule.hourly() == 0
        || (admits(HOUR, rule.hourly(), rule.strict(), estimate)
            && (rule.inTwoHours() == 0
                || admits(TWO_HOURS, rule.inTwoHours(), rule.strict(), estimate)));
  }

  private boolean admits(long window, long capacity, boolean strict, long estimate) {
    long available = books.get(window).available(capacity);
    return strict ? available >= estimate : available > 0;
  }

  private void hold(long window, long capacity, String id, long estimate) {
    if (capacity > 0) {
      Book book = books.get(window);
      book.held.put(id, Math.min(estimate, book.available(capacity)));
    }
  }

  private void end(Step.End end) throws Exception {
    if (open.isEmpty()) {
      return;
    }
    String id = List.copyOf(open.keySet()).get(end.which() % open.size());
    List<LimitHold> holds = open.remove(id);
    redis.on(() -> limiter.settle(Asks.used(id, end.used(), holds)));
    redis.on(() -> limiter.settle(Asks.used(id, end.used(), holds)));
    for (Book book : books.values()) {
      if (book.held.remove(id) != null) {
        book.used += end.used();
      }
    }
  }

  private void assertCounters() throws Exception {
    for (Map.Entry<Long, Book> book : books.entrySet()) {
      String counter = PREFIX + book.getKey() + ":x-mse-consumer:bob";
      String used = redis.get(counter);
      assertThat(used == null ? 0 : Long.parseLong(used))
          .as("used in %d s", book.getKey())
          .isEqualTo(book.getValue().used);
      Long held = redis.held(counter);
      assertThat(held == null ? 0 : held)
          .as("held in %d s", book.getKey())
          .isEqualTo(book.getValue().held.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  private static LimitBlock[] blocks(Step.Edit rule) {
    if (rule.hourly() == 0) {
      return new LimitBlock[0];
    }
    List<LimitBlock> blocks = new ArrayList<>();
    blocks.add(of(rule.hourly(), HOUR, rule.strict()));
    if (rule.inTwoHours() > 0) {
      blocks.add(of(rule.inTwoHours(), TWO_HOURS, rule.strict()));
    }
    return blocks.toArray(LimitBlock[]::new);
  }

  private static LimitBlock of(long tokens, long seconds, boolean strict) {
    LimitBlock block =
        block("r", item(LIMIT_BY_PER_CONSUMER, "x-mse-consumer", key("*", tokens, seconds)));
    return strict ? strict(block) : block;
  }

  private static AdmitRequest at(long version, Asks asks) {
    AdmitRequest ask = asks.ask();
    return new AdmitRequest(
        ask.requestId(),
        ask.route(),
        ask.consumer(),
        ask.labels(),
        ask.model(),
        ask.provider(),
        version,
        ask.facts(),
        ask.estimate());
  }
}
