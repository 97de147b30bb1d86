package io.tollgate.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.config.JournalConfig;
import io.tollgate.contract.config.JournalConfig.OnFull;
import io.tollgate.contract.config.JournalConfig.Sync;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  /** Sixteen segments of 64 KiB. */
  private static final long MAX_BYTES = 1 << 20;

  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();
  private SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void close() throws Exception {
    LoopFixture.await(vertx.close());
  }

  @Test
  void what_is_not_confirmed_is_delivered_at_the_next_start_and_the_rest_is_not() throws Exception {
    LoopFixture loop = join(journal(folder));
    loop.append(Events.both("open"));
    loop.append(Events.both("half"));
    loop.append(Events.both("settled"));
    loop.append(Events.paid("paid", Events.STORE));
    loop.confirm("half", Recipient.LIMITER);
    loop.confirm("settled", Recipient.LIMITER);
    loop.confirm("settled", Recipient.QUOTA);
    assertThat(gauge("tollgate.journal.pending")).isEqualTo(3);

    LoopFixture next = join(journal(crashed(folder)));

    eventually(() -> next.deliveries.size() == 4);
    assertThat(next.wanted())
        .containsExactlyInAnyOrder("open:limiter", "open:quota", "half:quota", "paid:quota");
    assertThat(gauge("tollgate.journal.pending")).isEqualTo(3);
    assertThat(gauge("tollgate.journal.oldest.seconds")).isGreaterThan(1_000_000);
  }

  @Test
  void an_event_is_read_back_as_it_was() throws Exception {
    LoopFixture loop = join(journal(folder));
    loop.append(Events.both("request"));
    loop.close();

    LoopFixture next = join(journal(folder));

    eventually(() -> next.deliveries.size() == 2);
    assertThat(next.read(next.deliveries.peek().entry())).isEqualTo(Events.both("request"));
  }

  @Test
  void any_number_of_loops_delivers_what_others_have_left() throws Exception {
    Journal first = journal(folder);
    List<LoopFixture> three = List.of(join(first), join(first), join(first));
    for (int i = 0; i < 30; i++) {
      three.get(i % 3).append(Events.paid("request-" + i, Events.STORE));
    }
    Path left = crashed(folder);

    LoopFixture one = join(journal(left));
    eventually(() -> one.deliveries.size() == 30);
    assertThat(one.wanted()).doesNotHaveDuplicates();
    one.close();

    Journal third = journal(left);
    List<LoopFixture> five = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      five.add(join(third));
    }
    eventually(() -> five.stream().mapToInt(loop -> loop.deliveries.size()).sum() == 30);
    for (LoopFixture loop : five) {
      for (LoopFixture.Delivery delivery : loop.deliveries) {
        loop.confirm(delivery.entry(), delivery.to());
      }
    }
    assertThat(gauge("tollgate.journal.pending")).isZero();
    assertThat(gauge("tollgate.journal.oldest.seconds")).isGreaterThanOrEqualTo(0);
  }

  @Test
  void files_are_used_again_so_that_many_events_take_little_room() throws Exception {
    LoopFixture loop = join(journal(folder, config(Sync.NEVER, Duration.ZERO, OnFull.REFUSE)));
    for (int i = 0; i < 5000; i++) {
      loop.append(Events.paid("request-" + i, Events.STORE));
      loop.confirm("request-" + i, Recipient.QUOTA);
    }

    assertThat(sizeOf(folder)).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(waitingIn(folder)).isZero();
    LoopFixture next = join(journal(crashed(folder)));
    next.append(Events.paid("last", Events.STORE));
    assertThat(next.deliveries).isEmpty();
  }

  @Test
  void a_straggler_does_not_hold_a_whole_file() throws Exception {
    LoopFixture loop = join(journal(folder));
    int events = 0;
    while (events < 6000) {
      loop.append(Events.paid("request-" + events, Events.STORE));
      // One in a hundred is never confirmed.
      if (events % 100 != 0) {
        loop.confirm("request-" + events, Recipient.QUOTA);
      }
      events++;
    }

    eventually(() -> waitingIn(folder) == 60);
    // One segment more may be on its way out.
    assertThat(sizeOf(folder)).isLessThanOrEqualTo(MAX_BYTES + (64 << 10));
    LoopFixture next = join(journal(crashed(folder)));
    eventually(() -> next.deliveries.size() == 60);
    assertThat(next.wanted()).contains("request-0:quota", "request-5900:quota");
  }

  @Test
  void a_full_journal_refuses_more_but_loses_nothing_that_it_was_given() throws Exception {
    LoopFixture loop = join(journal(folder));
    int events = 0;
    while (!loop.refusesMore()) {
      loop.append(Events.paid("request-" + events++, Events.STORE));
    }
    int written = events;
    assertThat(written).isGreaterThan(1000);
    for (int i = 0; i < 1000; i++) {
      loop.append(Events.paid("request-" + events++, Events.STORE));
    }
    assertThat(meters.get("tollgate.journal.unwritten").counter().count()).isPositive();
    assertThat(gauge("tollgate.journal.pending")).isEqualTo(events);

    for (int i = 0; i < written; i++) {
      loop.confirm("request-" + i, Recipient.QUOTA);
    }

    eventually(() -> !loop.refusesMore());
    int left = events - written;
    eventually(() -> waitingIn(folder) == left);
    LoopFixture next = join(journal(crashed(folder)));
    eventually(() -> next.deliveries.size() == left);
    assertThat(next.wanted()).contains("request-" + written + ":quota").doesNotHaveDuplicates();
  }

  @Test
  void with_pass_a_full_journal_refuses_nothing() throws Exception {
    LoopFixture loop = join(journal(folder, config(Sync.INTERVAL, Duration.ZERO, OnFull.PASS)));
    int events = 0;
    while (meters.get("tollgate.journal.unwritten").counter().count() == 0) {
      loop.append(Events.paid("request-" + events++, Events.STORE));
    }

    assertThat(loop.refusesMore()).isFalse();
  }

  @Test
  void what_a_replaced_store_had_confirmed_of_late_is_delivered_again() throws Exception {
    LoopFixture loop = join(journal(folder));
    loop.append(Events.both("both"));
    loop.append(Events.limited("elsewhere", "other"));
    loop.append(Events.paid("open", Events.STORE));
    loop.confirm("both", Recipient.LIMITER);
    loop.confirm("both", Recipient.QUOTA);
    loop.confirm("elsewhere", Recipient.LIMITER);

    loop.reopen(Events.STORE);

    eventually(() -> loop.deliveries.size() == 2);
    assertThat(loop.wanted()).containsExactlyInAnyOrder("both:limiter", "both:quota");
    assertThat(gauge("tollgate.journal.pending")).isEqualTo(2);
    LoopFixture next = join(journal(crashed(folder)));
    eventually(() -> next.deliveries.size() == 3);
    assertThat(next.wanted()).containsExactlyInAnyOrder("both:limiter", "both:quota", "open:quota");
  }

  @Test
  void what_was_confirmed_before_a_restart_can_be_delivered_again_after_it() throws Exception {
    LoopFixture loop = join(journal(folder));
    loop.append(Events.paid("settled", Events.STORE));
    loop.confirm("settled", Recipient.QUOTA);
    LoopFixture next = join(journal(crashed(folder)));
    eventually(() -> gauge("tollgate.journal.oldest.seconds") == 0);

    eventually(
        () -> {
          next.reopen(Events.STORE);
          return !next.deliveries.isEmpty();
        });

    assertThat(next.wanted()).containsExactly("settled:quota");
  }

  @Test
  void a_damaged_file_is_set_aside_and_what_can_be_read_of_it_is_delivered() throws Exception {
    LoopFixture loop = join(journal(folder));
    for (int i = 0; i < 10; i++) {
      loop.append(Events.paid("request-" + i, Events.STORE));
    }
    Path left = crashed(folder);
    Path file = fileWith("request-4", left);
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, "request-4");
    bytes[at] ^= 1;
    Files.write(file, bytes);

    LoopFixture next = join(journal(left));

    eventually(() -> next.deliveries.size() == 9);
    assertThat(next.wanted()).doesNotContain("request-4:quota").contains("request-9:quota");
    assertThat(meters.get("tollgate.journal.damaged").counter().count()).isEqualTo(1);
    assertThat(file).doesNotExist();
    assertThat(Path.of(file + ".damaged")).hasBinaryContent(bytes);

    LoopFixture third = join(journal(crashed(left)));
    eventually(() -> third.deliveries.size() == 9);
    assertThat(meters.get("tollgate.journal.damaged").counter().count()).isZero();
  }

  @Test
  void foreign_files_stop_no_start() throws Exception {
    Path directory = Files.createDirectories(folder.resolve("journal"));
    Files.writeString(directory.resolve("events-000001.log"), "");
    Files.writeString(directory.resolve("events-000002.log"), "not a journal");
    Files.writeString(directory.resolve("events-000003.log.new"), "unfinished");
    Files.writeString(directory.resolve("notes.txt"), "left alone");

    LoopFixture loop = join(journal(folder));
    loop.append(Events.both("request"));

    assertThat(meters.get("tollgate.journal.damaged").counter().count()).isEqualTo(2);
    assertThat(directory.resolve("events-000001.log.damaged")).isEmptyFile();
    assertThat(directory.resolve("events-000002.log.damaged")).hasContent("not a journal");
    assertThat(directory.resolve("events-000003.log.new")).doesNotExist();
    assertThat(directory.resolve("notes.txt")).exists();
  }

  @Test
  void a_start_fails_with_the_place_and_the_remedy_when_nothing_can_be_written() throws Exception {
    Files.writeString(folder.resolve("journal"), "a file where the directory should be");

    assertThatThrownBy(() -> join(journal(folder)))
        .hasMessageContaining("the journal can't be kept in " + folder.resolve("journal"))
        .hasMessageContaining("set node.data_dir to another folder, or journal.enabled to false");
  }

  @Test
  void with_always_what_was_appended_is_synced_in_groups() throws Exception {
    LoopFixture loop = join(journal(folder, config(Sync.ALWAYS, Duration.ZERO, OnFull.REFUSE)));
    for (int i = 0; i < 300; i++) {
      loop.append(Events.paid("request-" + i, Events.STORE));
      loop.durable();
    }

    LoopFixture next = join(journal(crashed(folder)));
    eventually(() -> next.deliveries.size() == 300);
  }

  private LoopFixture join(Journal journal) throws Exception {
    return LoopFixture.join(vertx, journal);
  }

  private Journal journal(Path dataDir) {
    return journal(dataDir, config(Sync.INTERVAL, Duration.ofSeconds(30), OnFull.REFUSE));
  }

  private Journal journal(Path dataDir, JournalConfig config) {
    meters = new SimpleMeterRegistry();
    return new Journal(config, dataDir, meters);
  }

  private static JournalConfig config(Sync sync, Duration keep, OnFull onFull) {
    return new JournalConfig(true, sync, Duration.ofMillis(20), MAX_BYTES, keep, onFull);
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  /** The files as a process that is killed now would leave them. */
  private Path crashed(Path dataDir) throws Exception {
    Path copy = Files.createTempDirectory(folder, "crashed");
    Path journal = Files.createDirectory(copy.resolve("journal"));
    for (Path file : filesOf(dataDir)) {
      Files.copy(file, journal.resolve(file.getFileName()));
    }
    return copy;
  }

  private static long sizeOf(Path dataDir) throws Exception {
    long size = 0;
    for (Path file : filesOf(dataDir)) {
      size += Files.size(file);
    }
    return size;
  }

  /** Records of quotas that are not marked as confirmed. */
  private static long waitingIn(Path dataDir) throws Exception {
    long waiting = 0;
    for (Path file : filesOf(dataDir)) {
      Segment segment = Segment.view(file);
      waiting +=
          SegmentScan.of(segment.view()).records().stream()
              .filter(offset -> !segment.isConfirmed(offset, Recipient.QUOTA))
              .count();
    }
    return waiting;
  }

  private static Path fileWith(String text, Path dataDir) throws Exception {
    for (Path file : filesOf(dataDir)) {
      if (indexOf(Files.readAllBytes(file), text) >= 0) {
        return file;
      }
    }
    throw new AssertionError(text + " is in no file");
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static List<Path> filesOf(Path dataDir) throws Exception {
    try (Stream<Path> files = Files.list(dataDir.resolve("journal"))) {
      return files.filter(file -> !file.toString().endsWith(".new")).toList();
    }
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("it comes true").isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
