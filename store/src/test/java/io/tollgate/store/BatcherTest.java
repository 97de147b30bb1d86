package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private static final Duration PATIENCE = Duration.ofMillis(200);

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
  void questions_that_come_while_one_is_under_way_go_together() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    List<Integer> answers =
        loop.on(
            () -> {
              Batcher<Integer, Integer> batcher =
                  batcher(
                      4,
                      questions -> {
                        sizes.add(questions.size());
                        return loop.vertx
                            .timer(1)
                            .map(done -> questions.stream().map(q -> q * 10).toList());
                      });
              List<Future<Integer>> all = IntStream.range(0, 10).mapToObj(batcher::submit).toList();
              return Future.all(all).map(done -> all.stream().map(Future::result).toList());
            });

    assertThat(answers).containsExactly(0, 10, 20, 30, 40, 50, 60, 70, 80, 90);
    assertThat(sizes).containsExactly(1, 4, 4, 1);
  }

  @Test
  void a_failed_call_fails_its_own_questions_only() throws Exception {
    String outcome =
        loop.on(
            () -> {
              Batcher<Integer, Integer> batcher =
                  batcher(
                      1,
                      questions ->
                          questions.contains(1)
                              ? Future.failedFuture(new IllegalStateException("no"))
                              : Future.succeededFuture(questions));
              Future<Integer> bad = batcher.submit(1);
              Future<Integer> good = batcher.submit(2);
              return Future.join(bad, good)
                  .transform(
                      (all, failure) -> Future.succeededFuture(bad.failed() + " " + good.result()));
            });

    assertThat(outcome).isEqualTo("true 2");
  }

  @Test
  void slots_do_not_wait_for_one_another() throws Exception {
    Promise<List<Integer>> never = Promise.promise();
    List<Integer> answers =
        loop.on(
            () -> {
              Batcher<Integer, Integer> batcher =
                  new Batcher<>(
                      loop.site(PATIENCE),
                      4,
                      question -> question % 2,
                      questions ->
                          questions.getFirst() % 2 == 0
                              ? never.future()
                              : Future.succeededFuture(questions));
              batcher.submit(2);
              batcher.submit(4);
              return Future.all(batcher.submit(1), batcher.submit(3)).map(done -> done.list());
            });

    assertThat(answers).containsExactly(1, 3);
  }

  @Test
  void what_waits_behind_a_call_fails_no_later_than_the_call() throws Exception {
    Promise<List<Integer>> slow = Promise.promise();
    List<List<Integer>> calls = new ArrayList<>();
    Batcher<Integer, Integer> batcher =
        batcher(
            4,
            questions -> {
              calls.add(questions);
              return slow.future();
            });

    List<StoreFault> faults = new ArrayList<>();
    faults.add(
        loop.faultOf(
            () -> {
              Future<Integer> sent = batcher.submit(1);
              Future<Integer> behind = batcher.submit(2);
              return Future.join(sent, behind)
                  .eventually(
                      () -> {
                        faults.add((StoreFault) behind.cause());
                        return Future.succeededFuture();
                      });
            }));
    loop.on(
        () -> {
          slow.complete(List.of(1));
          return Future.succeededFuture();
        });

    assertThat(faults)
        .hasSize(2)
        .extracting(StoreFault::kind)
        .containsOnly(StoreFault.Kind.TIMED_OUT);
    assertThat(calls).as("nobody waits for the second any more").containsExactly(List.of(1));
    assertThat(loop.<Integer>on(() -> batcher.submit(3))).isEqualTo(1);
  }

  @Test
  void more_than_can_wait_is_refused_at_once() throws Exception {
    Promise<List<Integer>> never = Promise.promise();
    StoreFault refused =
        loop.faultOf(
            () -> {
              Batcher<Integer, Integer> batcher = batcher(1, questions -> never.future());
              for (int i = 0; i <= Batcher.MAX_WAITING; i++) {
                batcher.submit(i);
              }
              return batcher.submit(0);
            });

    assertThat(refused).hasMessageContaining("too many commands are waiting");
  }

  private Batcher<Integer, Integer> batcher(
      int maxBatch, Function<List<Integer>, Future<List<Integer>>> call) {
    return new Batcher<>(loop.site(PATIENCE), maxBatch, question -> 0, call);
  }
}
