package io.tollgate.contract.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.contract.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the bus behaves between two clustered nodes, the known traps of Vert.x included. */
class ClusteredBusIT {
  record Question(String text) {}

  sealed interface Answer {
    record Yes(String why) implements Answer {}

    record No(int code) implements Answer {}
  }

  record Garbled(String text) {}

  record Unreadable(String text) {}

  record OnlyHere(String text) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final AtomicInteger serial = new AtomicInteger();

  private static BusNode near;
  private static BusNode far;

  private final List<BusServer> servers = new ArrayList<>();
  private final List<BusNode> owners = new ArrayList<>();

  @BeforeAll
  static void join() throws Exception {
    List<BusNode> nodes = BusNode.cluster("near", "far");
    near = nodes.get(0);
    far = nodes.get(1);
    List<Address<?, ?>> shared =
        List.of(
            address("a", Answer.class, true),
            new Address<>("b", Role.AUTH, Question.class, Garbled.class, TIMEOUT, true));
    BusCodecs.register(near.vertx.eventBus(), shared, List.of(Presence.NODE_ALIVE));
    // The far node writes Garbled in a way that the near one cannot read, and vice versa the near
    // node's codec of Unreadable throws.
    for (Class<? extends Record> type :
        List.of(Question.class, Answer.Yes.class, Answer.No.class, NodeAlive.class)) {
      far.vertx.eventBus().registerCodec(new RecordCodec<>(type));
    }
    far.vertx.eventBus().registerCodec(new Wire(RecordCodec.nameOf(Garbled.class), false));
    far.vertx.eventBus().registerCodec(new Wire(RecordCodec.nameOf(Unreadable.class), false));
    near.vertx.eventBus().registerCodec(new Wire(RecordCodec.nameOf(Unreadable.class), true));
    near.vertx.eventBus().registerCodec(new RecordCodec<>(OnlyHere.class));
  }

  @AfterAll
  static void leave() throws Exception {
    far.close();
    near.close();
  }

  @BeforeEach
  void announce() {
    far.announceTo(near, Role.AUTH);
    near.announceTo(far, Role.AUTH);
  }

  @AfterEach
  void unbind() throws Exception {
    for (int i = 0; i < servers.size(); i++) {
      BusServer server = servers.get(i);
      owners.get(i).on(server::close);
    }
  }

  @Test
  void every_kind_of_a_sealed_answer_crosses_the_wire() throws Exception {
    Address<Question, Answer> address = address(Answer.class, true);
    serve(
        far,
        address,
        question ->
            Future.succeededFuture(
                question.text().isEmpty() ? new Answer.No(7) : new Answer.Yes(question.text())));

    assertThat(ask(near, address, "because")).isEqualTo(new Answer.Yes("because"));
    assertThat(ask(near, address, "")).isEqualTo(new Answer.No(7));
  }

  @Test
  void the_instance_on_the_same_event_loop_is_preferred() throws Exception {
    Address<Question, Answer> address = address(Answer.class, true);
    serve(near, address, question -> Future.succeededFuture(new Answer.Yes("near")));
    serve(far, address, question -> Future.succeededFuture(new Answer.Yes("far")));

    for (int i = 0; i < 10; i++) {
      assertThat(ask(near, address, "?")).isEqualTo(new Answer.Yes("near"));
    }
  }

  @Test
  void a_local_instance_that_fails_is_replaced_by_another_node() throws Exception {
    Address<Question, Answer> address = address(Answer.class, true);
    serve(near, address, question -> Future.failedFuture(new IllegalStateException("broken")));
    serve(far, address, question -> Future.succeededFuture(new Answer.Yes("far")));

    assertThat(ask(near, address, "?")).isEqualTo(new Answer.Yes("far"));
  }

  @Test
  void a_local_instance_that_is_silent_is_replaced_by_another_node() throws Exception {
    Address<Question, Answer> connected = address(Answer.class, true);
    serve(far, connected, question -> Future.succeededFuture(new Answer.Yes("far")));
    ask(near, connected, "?");
    // Less than the time after which a node that is not heard is forgotten.
    Address<Question, Answer> address = address(Answer.class, true).within(Duration.ofMillis(500));
    serve(near, address, question -> Promise.<Answer>promise().future());
    serve(far, address, question -> Future.succeededFuture(new Answer.Yes("far")));

    assertThat(ask(near, address, "?")).isEqualTo(new Answer.Yes("far"));
  }

  @Test
  void what_must_not_be_repeated_is_asked_once() throws Exception {
    Address<Question, Answer> address = address(Answer.class, false);
    AtomicInteger asked = new AtomicInteger();
    Function<Question, Future<? extends Answer>> failing =
        question -> {
          asked.incrementAndGet();
          return Future.failedFuture(new IllegalStateException("broken"));
        };
    serve(near, address, failing);
    serve(far, address, failing);

    assertThat(kindOf(() -> ask(near, address, "?"))).isEqualTo(BusFault.Kind.FAILED);
    assertThat(asked).hasValue(1);
  }

  @Test
  void a_service_that_throws_fails_its_caller_at_once_and_without_its_text() throws Exception {
    Address<Question, Answer> address = address(Answer.class, false);
    serve(
        far,
        address,
        question -> {
          throw new IllegalStateException("secret detail");
        });

    assertThatThrownBy(() -> ask(near, address, "?"))
        .rootCause()
        .isInstanceOfSatisfying(
            BusFault.class, fault -> assertThat(fault.kind()).isEqualTo(BusFault.Kind.FAILED))
        .hasMessageNotContaining("secret detail");
  }

  @Test
  void a_service_that_returns_nothing_fails_its_caller() throws Exception {
    Address<Question, Answer> noFuture = address(Answer.class, false);
    serve(far, noFuture, question -> null);
    Address<Question, Answer> noAnswer = address(Answer.class, false);
    serve(far, noAnswer, question -> Future.succeededFuture(null));

    assertThat(kindOf(() -> ask(near, noFuture, "?"))).isEqualTo(BusFault.Kind.FAILED);
    assertThat(kindOf(() -> ask(near, noAnswer, "?"))).isEqualTo(BusFault.Kind.FAILED);
  }

  @Test
  void an_answer_that_cannot_be_read_is_incompatible() throws Exception {
    Address<Question, Garbled> address = address(Garbled.class, false);
    serve(far, address, question -> Future.succeededFuture(new Garbled("x")));

    assertThat(kindOf(() -> ask(near, address, "?"))).isEqualTo(BusFault.Kind.INCOMPATIBLE);
  }

  @Test
  void a_codec_that_throws_ends_in_a_timeout_and_not_in_silence() throws Exception {
    Address<Question, Unreadable> address =
        address(Unreadable.class, false).within(Duration.ofMillis(500));
    serve(far, address, question -> Future.succeededFuture(new Unreadable("x")));

    assertThat(kindOf(() -> ask(near, address, "?"))).isEqualTo(BusFault.Kind.TIMED_OUT);
  }

  @Test
  void a_question_whose_codec_the_other_node_lacks_is_incompatible() throws Exception {
    Address<OnlyHere, Answer> address =
        new Address<>(nextName(), Role.AUTH, OnlyHere.class, Answer.class, TIMEOUT, false);
    serve(far, address, question -> Future.succeededFuture(new Answer.No(1)));

    assertThat(kindOf(() -> near.on(() -> near.client.request(address, new OnlyHere("x")))))
        .isEqualTo(BusFault.Kind.INCOMPATIBLE);
  }

  @Test
  void a_question_without_a_codec_at_home_is_incompatible() throws Exception {
    Address<OnlyHere, Answer> address =
        new Address<>(nextName(), Role.AUTH, OnlyHere.class, Answer.class, TIMEOUT, false);

    assertThat(kindOf(() -> far.on(() -> far.client.request(address, new OnlyHere("x")))))
        .isEqualTo(BusFault.Kind.INCOMPATIBLE);
  }

  @Test
  void nobody_serving_is_told_at_once() throws Exception {
    Address<Question, Answer> unbound = address(Answer.class, true);
    Address<Question, Answer> noRole =
        new Address<>(nextName(), Role.QUOTA, Question.class, Answer.class, TIMEOUT, true);

    assertThat(kindOf(() -> ask(near, unbound, "?"))).isEqualTo(BusFault.Kind.UNAVAILABLE);
    assertThat(kindOf(() -> ask(near, noRole, "?"))).isEqualTo(BusFault.Kind.UNAVAILABLE);
  }

  @Test
  void registering_the_codecs_twice_is_refused_and_harms_nothing() throws Exception {
    Address<Question, Answer> address = address(Answer.class, true);
    serve(far, address, question -> Future.succeededFuture(new Answer.Yes("still")));

    assertThatThrownBy(() -> BusCodecs.register(near.vertx.eventBus(), List.of(address), List.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ask(near, address, "?")).isEqualTo(new Answer.Yes("still"));
  }

  @Test
  void a_node_that_says_goodbye_is_asked_no_more() throws Exception {
    Presence presence = near.on(() -> Presence.start(near.vertx, near.directory, List.of()));
    Presence other = far.on(() -> Presence.start(far.vertx, far.directory, List.of(Role.ADMIN)));
    near.on(() -> until(() -> near.directory.isPlayed(Role.ADMIN)));

    far.on(other::stop);

    near.on(() -> until(() -> !near.directory.isPlayed(Role.ADMIN)));
    assertThat(near.directory.isPlayed(Role.ADMIN)).isFalse();
    near.on(presence::stop);
  }

  private static Future<Void> until(Callable<Boolean> condition) throws Exception {
    return condition.call()
        ? Future.succeededFuture()
        : near.vertx
            .timer(50)
            .compose(
                tick -> {
                  try {
                    return until(condition);
                  } catch (Exception e) {
                    return Future.failedFuture(e);
                  }
                });
  }

  private <Q extends Record, R> void serve(
      BusNode node, Address<Q, R> address, Function<Q, Future<? extends R>> service)
      throws Exception {
    node.on(
        () -> {
          BusServer server = new BusServer(node.vertx, node.directory);
          servers.add(server);
          owners.add(node);
          return server.serve(address, service);
        });
  }

  private static <R> R ask(BusNode node, Address<Question, R> address, String text)
      throws Exception {
    return node.on(() -> node.client.request(address, new Question(text)));
  }

  private static BusFault.Kind kindOf(Callable<?> conversation) throws Exception {
    try {
      throw new AssertionError("was answered: " + conversation.call());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BusFault fault) {
        return fault.kind();
      }
      throw e;
    }
  }

  private static <R> Address<Question, R> address(Class<R> reply, boolean repeatable) {
    return address(nextName(), reply, repeatable);
  }

  private static <R> Address<Question, R> address(String name, Class<R> reply, boolean repeatable) {
    return new Address<>(name, Role.AUTH, Question.class, reply, TIMEOUT, repeatable);
  }

  private static String nextName() {
    return "test." + serial.incrementAndGet();
  }

  /** Writes what no record codec can read, and throws on reading if it is told to. */
  private record Wire(String name, boolean throwing) implements MessageCodec<Record, Object> {
    @Override
    public void encodeToWire(Buffer wire, Record value) {
      wire.appendInt(3).appendString("???");
    }

    @Override
    public Object decodeFromWire(int position, Buffer wire) {
      if (throwing) {
        throw new IllegalStateException("cannot read");
      }
      return wire.getString(position + 4, position + 7);
    }

    @Override
    public Object transform(Record value) {
      return value;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
