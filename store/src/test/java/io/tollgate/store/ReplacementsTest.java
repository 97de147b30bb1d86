package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplacementsTest {
  private static final Duration GATHERED = Duration.ofMillis(200);

  private final List<String> heard = new ArrayList<>();
  private Loop loop;

  @BeforeEach
  void start() {
    loop = new Loop();
  }

  @AfterEach
  void stop() throws Exception {
    loop.close();
  }

  @Test
  void the_first_is_told_at_once_and_all_others_together_later() throws Exception {
    Replacements replacements = new Replacements(GATHERED);
    loop.on(
        () -> {
          for (String who : List.of("first", "second", "third")) {
            replacements.saw(loop.vertx, "node", store -> heard.add(who));
          }
          replacements.saw(loop.vertx, "other", store -> heard.add("of " + store));
          return Future.succeededFuture();
        });

    assertThat(heard).containsExactly("first", "of other");
    TestRedis.await("the others are not told", () -> heard.size() > 2);
    assertThat(heard).containsExactly("first", "of other", "third");
  }

  @Test
  void when_it_was_quiet_the_next_is_told_at_once_again() throws Exception {
    Replacements replacements = new Replacements(GATHERED);
    loop.on(
        () -> {
          replacements.saw(loop.vertx, "node", heard::add);
          return loop.vertx.timer(2 * GATHERED.toMillis(), TimeUnit.MILLISECONDS);
        });
    loop.on(
        () -> {
          replacements.saw(loop.vertx, "node", heard::add);
          return Future.succeededFuture();
        });

    assertThat(heard).hasSize(2);
  }
}
