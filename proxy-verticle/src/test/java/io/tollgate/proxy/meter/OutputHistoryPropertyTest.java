package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class OutputHistoryPropertyTest {
  private static final double LEAST = 0.9;

  @Property
  void expects_what_at_least_nine_of_ten_recent_answers_stayed_within(
      @ForAll @Size(min = 1, max = 200) List<@LongRange(min = 0, max = 10_000) Long> answers) {
    OutputHistory history = new OutputHistory();
    answers.forEach(history::add);

    List<Long> recent =
        answers.subList(Math.max(0, answers.size() - OutputHistory.SIZE), answers.size());
    long within = recent.stream().filter(tokens -> tokens <= history.expected()).count();
    assertThat(recent).contains(history.expected());
    assertThat((double) within).isGreaterThanOrEqualTo(LEAST * recent.size());
  }

  /** The last of as many answers of one kind is as likely to be in any place of their order. */
  @Property(tries = 20)
  void covers_nine_of_ten_of_the_next_answers_of_the_same_kind(
      @ForAll @IntRange(min = 9, max = OutputHistory.SIZE) int known, @ForAll long seed) {
    Random random = new Random(seed);
    int covered = 0;
    int rounds = 2000;
    for (int round = 0; round < rounds; round++) {
      OutputHistory history = new OutputHistory();
      for (int i = 0; i < known; i++) {
        history.add(length(random));
      }
      covered += length(random) <= history.expected() ? 1 : 0;
    }

    assertThat(covered / (double) rounds).isGreaterThan(LEAST - 0.03);
  }

  @Property
  void forgets_what_is_long_ago(
      @ForAll @Size(min = OutputHistory.SIZE, max = 100)
          List<@LongRange(min = 0, max = 100) Long> recent) {
    OutputHistory history = new OutputHistory();
    for (int i = 0; i < 100; i++) {
      history.add(1_000_000);
    }
    recent.forEach(history::add);

    assertThat(history.expected()).isLessThanOrEqualTo(100);
  }

  /** Most answers are short and a few are very long. */
  private static long length(Random random) {
    return Math.round(Math.exp(5 + 1.2 * random.nextGaussian()));
  }
}
