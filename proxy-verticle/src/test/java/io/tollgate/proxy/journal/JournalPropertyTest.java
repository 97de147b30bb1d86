package io.tollgate.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.JournalConfig.OnFull;
import io.tollgate.contract.config.JournalConfig.Sync;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;

/**
 * Whatever is appended, confirmed, closed or killed, in any order: what the next start delivers is
 * what a set of strings would have kept.
 */
class JournalPropertyTest {
  private static final Vertx VERTX = Vertx.vertx();

  private enum Kind {
    APPEND,
    CONFIRM,
    MANY,
    RESTART,
    KILL
  }

  /**
   * @param choice picks the loop, the event or the number of loops, by remainder
   */
  record Step(Kind kind, int choice) {}

  private Path folder;
  private Path dataDir;
  private final List<LoopFixture> loops = new ArrayList<>();

  @AfterContainer
  static void close() throws Exception {
    LoopFixture.await(VERTX.close());
  }

  @AfterTry
  void leave() throws Exception {
    closeLoops();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
  void delivers_exactly_what_nobody_has_confirmed(@ForAll("steps") List<Step> steps)
      throws Exception {
    folder = Files.createTempDirectory("tollgate-journal");
    dataDir = folder;
    open(1);
    Set<String> model = new TreeSet<>();
    int events = 0;
    for (Step step : steps) {
      switch (step.kind()) {
        case APPEND -> append(step.choice(), events++, model);
        case MANY -> {
          // Enough for several segments, so that they are filled, kept and used again.
          for (int i = 0; i < 300; i++) {
            append(step.choice(), events++, model);
            confirmSome(i, model);
          }
        }
        case CONFIRM -> confirmSome(step.choice(), model);
        case RESTART -> {
          closeLoops();
          open(1 + step.choice() % 3);
        }
        case KILL -> {
          Path left = copyWith(model);
          closeLoops();
          dataDir = left;
          open(1 + step.choice() % 3);
        }
      }
      awaitDelivered(model);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.integers()
        .between(0, 99)
        .flatMap(choice -> Arbitraries.of(Kind.class).map(kind -> new Step(kind, choice)))
        .list()
        .ofMaxSize(25);
  }

  private void append(int choice, int number, Set<String> model) throws Exception {
    String id = "request-" + number;
    LoopFixture loop = loops.get(choice % loops.size());
    Entry entry = loop.append(choice % 2 == 0 ? Events.both(id) : Events.paid(id, Events.STORE));
    for (Recipient recipient : Recipient.values()) {
      if (entry.awaits(recipient)) {
        loop.deliveries.add(new LoopFixture.Delivery(entry, recipient));
        model.add(id + ":" + recipient.label());
      }
    }
  }

  private void confirmSome(int choice, Set<String> model) throws Exception {
    LoopFixture loop = loops.get(choice % loops.size());
    LoopFixture.Delivery next = loop.deliveries.poll();
    if (next != null) {
      model.remove(loop.read(next.entry()).requestId() + ":" + next.to().label());
      loop.confirm(next.entry(), next.to());
    }
  }

  /** What is left over from a start is handed out within a moment. */
  private void awaitDelivered(Set<String> model) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    List<String> wanted = wanted();
    while (wanted.size() < model.size() && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      wanted = wanted();
    }
    assertThat(wanted).doesNotHaveDuplicates();
    Set<String> missing = new TreeSet<>(model);
    wanted.forEach(missing::remove);
    assertThat(missing).as("not delivered").isEmpty();
    assertThat(model).as("confirmed already").containsAll(wanted);
  }

  /**
   * What found no segment ready is written within a moment, too. Files are moved into and cleared
   * while they are copied, so a copy is looked at, and not what it was made of.
   */
  private Path copyWith(Set<String> model) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Path copy = copy();
    List<String> written = written(copy);
    while (!model.containsAll(written) || written.size() != model.size()) {
      assertThat(System.nanoTime()).as("all is written: %s", written).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      copy = copy();
      written = written(copy);
    }
    return copy;
  }

  private static List<String> written(Path dataDir) throws IOException {
    List<String> written = new ArrayList<>();
    for (Path file : files(dataDir)) {
      Segment segment = Segment.view(file);
      for (int offset : SegmentScan.of(segment.view()).records()) {
        UsageEvent event = RecordJson.read(segment.payload(offset), UsageEvent.class);
        for (Recipient recipient : Recipient.values()) {
          if (recipient.isConcernedBy(event) && !segment.isConfirmed(offset, recipient)) {
            written.add(event.requestId() + ":" + recipient.label());
          }
        }
      }
    }
    return written;
  }

  private List<String> wanted() throws Exception {
    List<String> wanted = new ArrayList<>();
    for (LoopFixture loop : loops) {
      wanted.addAll(loop.wanted());
    }
    return wanted;
  }

  private void open(int count) throws Exception {
    JournalConfig config =
        new JournalConfig(
            true, Sync.NEVER, Duration.ofSeconds(1), 4 << 20, Duration.ZERO, OnFull.REFUSE);
    Journal journal = new Journal(config, dataDir, new SimpleMeterRegistry());
    for (int i = 0; i < count; i++) {
      loops.add(LoopFixture.join(VERTX, journal));
    }
  }

  private void closeLoops() throws Exception {
    for (LoopFixture loop : loops) {
      loop.close();
    }
    loops.clear();
  }

  private Path copy() throws IOException {
    Path copy = Files.createTempDirectory(folder, "killed");
    Path target = Files.createDirectory(copy.resolve("journal"));
    for (Path file : files(dataDir)) {
      Files.copy(file, target.resolve(file.getFileName()));
    }
    return copy;
  }

  private static List<Path> files(Path dataDir) throws IOException {
    try (Stream<Path> files = Files.list(dataDir.resolve("journal"))) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }
}
