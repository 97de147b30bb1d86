package io.tollgate.contract.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.Role;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DirectoryTest {
  private static final Address<NodeAlive, NodeAlive> LIMIT =
      new Address<>("x", Role.LIMITER, NodeAlive.class, NodeAlive.class, Directory.SILENCE, true);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Directory directory = new Directory("self", () -> now);

  @Test
  void nodes_of_a_role_take_turns() {
    heard("a", Role.AUTH);
    heard("b", Role.AUTH);
    heard("c", Role.QUOTA);

    Set<String> asked = new TreeSet<>();
    for (int i = 0; i < 4; i++) {
      asked.add(directory.next(Role.AUTH, Set.of()).orElseThrow());
    }

    assertThat(asked).containsExactly("a", "b");
  }

  @Test
  void a_node_that_was_asked_already_is_passed_over() {
    heard("a", Role.AUTH);
    heard("b", Role.AUTH);

    assertThat(directory.next(Role.AUTH, Set.of("a"))).contains("b");
    assertThat(directory.next(Role.AUTH, Set.of("a", "b"))).isEmpty();
  }

  @Test
  void a_silent_node_is_the_last_resort_until_it_is_heard_again() {
    heard("a", Role.AUTH);
    heard("b", Role.AUTH);
    directory.suspect("a");

    for (int i = 0; i < 4; i++) {
      assertThat(directory.next(Role.AUTH, Set.of())).contains("b");
    }
    assertThat(directory.next(Role.AUTH, Set.of("b"))).contains("a");

    heard("a", Role.AUTH);
    assertThat(Set.of(next(), next())).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void a_node_that_is_not_heard_any_more_is_forgotten() {
    heard("a", Role.AUTH);
    now = now.plus(Directory.SILENCE).plusMillis(1);

    assertThat(directory.isPlayed(Role.AUTH)).isFalse();
  }

  @Test
  void a_node_that_fell_silent_is_not_asked_but_counts_for_a_minute() {
    heard("a", Role.LIMITER);
    heard("b", Role.LIMITER);
    now = now.plus(Directory.MEMORY);

    assertThat(directory.next(Role.LIMITER, Set.of())).isEmpty();
    assertThat(directory.players(Role.LIMITER)).isEqualTo(2);
    now = now.plusMillis(1);
    assertThat(directory.players(Role.LIMITER)).isEqualTo(1);
  }

  @Test
  void a_node_that_said_goodbye_does_not_count() {
    heard("a", Role.LIMITER);
    heard("b", Role.LIMITER);
    directory.heard(new NodeAlive("b", List.of(Role.LIMITER), true));

    assertThat(directory.players(Role.LIMITER)).isEqualTo(1);
  }

  @Test
  void this_node_counts_while_it_serves() {
    heard("a", Role.LIMITER);
    heard("c", Role.QUOTA);
    assertThat(directory.players(Role.LIMITER)).isEqualTo(1);

    directory.serve(LIMIT, "loop-0");

    assertThat(directory.players(Role.LIMITER)).isEqualTo(2);
  }

  @Test
  void a_node_does_not_hear_itself() {
    heard("self", Role.AUTH);

    assertThat(directory.isPlayed(Role.AUTH)).isFalse();
  }

  private String next() {
    return directory.next(Role.AUTH, Set.of()).orElseThrow();
  }

  private void heard(String node, Role role) {
    directory.heard(new NodeAlive(node, List.of(role), false));
  }
}
