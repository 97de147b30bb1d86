package io.tollgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.config.FailPolicy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LapseTest {
  private static final long START = -5;

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Counter requests = meters.counter("requests");
  private final Counter tokens = meters.counter("tokens");

  @BeforeEach
  void listen() {
    lines.start();
    ((Logger) LoggerFactory.getLogger(Lapse.class)).addAppender(lines);
  }

  @AfterEach
  void hush() {
    ((Logger) LoggerFactory.getLogger(Lapse.class)).detachAppender(lines);
  }

  @Test
  void one_line_at_the_end_says_for_how_long_and_what_passed() {
    Lapse lapse = lapse(FailPolicy.OPEN);
    for (int i = 0; i < 120; i++) {
      lapse.passed(after(i / 4)).ended(400);
    }
    lapse.passed(after(30)).ended(210);
    lapse.checked(after(31));
    assertThat(said()).as("another loop may not have noticed yet").isEmpty();

    lapse.checked(after(34));
    lapse.checked(after(35));

    assertThat(said())
        .containsExactly("rule x was not enforced for 31 s: 121 requests, 48,210 tokens passed");
    assertThat(requests.count()).isEqualTo(121);
    assertThat(tokens.count()).isEqualTo(48_210);
  }

  @Test
  void what_is_still_open_is_told_and_counted_when_it_ends() {
    Lapse lapse = lapse(FailPolicy.SHARE);
    Lapse.Passage longOne = lapse.passed(after(0));
    lapse.passed(after(2)).ended(7);

    lapse.checked(after(10));
    longOne.ended(5);

    assertThat(said())
        .containsExactly(
            "rule x was enforced by this node's part alone for 10 s: 2 requests, 7 tokens passed,"
                + " 1 requests of these still open");
    assertThat(tokens.count()).isEqualTo(12);
  }

  @Test
  void loops_that_notice_at_different_times_make_one_lapse() {
    Lapse lapse = lapse(FailPolicy.OPEN);
    lapse.passed(after(0)).ended(1);
    lapse.checked(after(1));
    lapse.passed(after(2)).ended(1);
    lapse.checked(after(4));
    lapse.checked(after(6));

    assertThat(said())
        .containsExactly("rule x was not enforced for 4 s: 2 requests, 2 tokens passed");
  }

  @Test
  void the_next_lapse_starts_from_nothing() {
    Lapse lapse = lapse(FailPolicy.OPEN);
    lapse.passed(after(0)).ended(1);
    lapse.checked(after(10));
    lapse.passed(after(100)).ended(3);
    lapse.checked(after(105));

    assertThat(said())
        .last()
        .isEqualTo("rule x was not enforced for 5 s: 1 requests, 3 tokens passed");
  }

  private Lapse lapse(FailPolicy policy) {
    return new Lapse("rule x", policy, requests, tokens);
  }

  private static long after(int seconds) {
    return START + TimeUnit.SECONDS.toNanos(seconds);
  }

  private List<String> said() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
