package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LiveConfigTest {
  private final LiveConfig live = new LiveConfig(1, named("first"));

  @Test
  void a_request_is_judged_by_the_version_it_began_with() {
    Live<String> names = live.view(LiveConfigTest::name);

    live.apply(2, named("second"));

    assertThat(names.newest()).isEqualTo(new Live.Version<>(2, "second"));
    assertThat(names.of(1)).isEqualTo("first");
    assertThat(names.of(2)).isEqualTo("second");
  }

  @Test
  void a_version_that_nobody_knows_is_judged_by_the_newest() {
    Live<String> names = live.view(LiveConfigTest::name);
    live.apply(2, named("second"));

    assertThat(names.of(99)).isEqualTo("second");
  }

  @Test
  void of_many_versions_the_last_few_are_kept() {
    Live<String> names = live.view(LiveConfigTest::name);

    for (int id = 2; id <= 100; id++) {
      live.apply(id, named("n-" + id));
    }

    assertThat(names.of(93)).isEqualTo("n-93");
    assertThat(names.of(92)).isEqualTo("n-100");
  }

  @Test
  void all_parts_change_at_once_or_none() {
    AtomicBoolean broken = new AtomicBoolean();
    Live<String> before = live.view(LiveConfigTest::name);
    Live<String> failing = live.view(config -> made(config, broken));
    Live<String> after = live.view(LiveConfigTest::name);
    broken.set(true);

    assertThatThrownBy(() -> live.apply(2, named("second")))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(live.id()).isEqualTo(1);
    assertThat(live.config().node().name()).isEqualTo("first");
    assertThat(List.of(before.now(), failing.now(), after.now())).containsOnly("first");
  }

  @Test
  void a_part_that_comes_later_knows_the_earlier_versions() {
    live.apply(2, named("second"));

    Live<String> names = live.view(LiveConfigTest::name);

    assertThat(names.of(1)).isEqualTo("first");
    assertThat(names.now()).isEqualTo("second");
  }

  private static String made(TollgateConfig config, AtomicBoolean broken) {
    if (broken.get()) {
      throw new IllegalArgumentException("can't be made");
    }
    return name(config);
  }

  private static String name(TollgateConfig config) {
    return config.node().name();
  }

  private static TollgateConfig named(String node) {
    return ConfigText.valid("node: { name: " + node + " }\n" + ConfigText.VALID);
  }
}
