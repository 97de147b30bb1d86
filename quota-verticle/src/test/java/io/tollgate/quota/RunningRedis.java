package io.tollgate.quota;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.store.EmbeddedRedis;
import io.tollgate.store.RedisLink;
import io.tollgate.store.StoreAddress;
import io.tollgate.store.TestCluster;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A Redis of the tests' own, a Vert.x with two event loops, and a link for outside programs. */
final class RunningRedis implements AutoCloseable {
  /** Where things are in the state of an account; see {@code ledger.lua}. */
  private static final int NEXT_EXPIRY = 1;

  private static final int NEWEST_GENERATION = 4;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final Context loop = vertx.getOrCreateContext();
  final RedisLink link;
  private final Path directory;
  private final Server server;

  /** A server, or several, and where they are. */
  private record Server(StoreAddress address, Runnable stop) {
    static Server alone(Path directory) throws IOException {
      EmbeddedRedis redis = EmbeddedRedis.start(directory, TIMEOUT);
      return new Server(redis.endpoint(), redis::close);
    }

    static Server cluster(Path directory, int masters) throws IOException {
      TestCluster cluster = TestCluster.start(directory, masters, false);
      return new Server(cluster.address(TIMEOUT), cluster::close);
    }
  }

  RunningRedis() throws Exception {
    this(0);
  }

  private RunningRedis(int masters) throws Exception {
    directory = Files.createTempDirectory("quota-redis");
    server = masters == 0 ? Server.alone(directory) : Server.cluster(directory, masters);
    link = anotherLink();
  }

  /** A Redis Cluster instead. */
  static RunningRedis cluster(int masters) throws Exception {
    return new RunningRedis(masters);
  }

  StoreAddress address() {
    return server.address();
  }

  /** Sends a command as any other program would. */
  String send(Command command, String... args) throws Exception {
    return text(on(() -> link.send(command, args)));
  }

  /** Sends all entries at once and waits for their answers. */
  List<Line> writeAll(Ledger ledger, List<Entry> entries) throws Exception {
    return on(
        () -> Future.all(entries.stream().map(ledger::write).toList()).map(all -> all.list()));
  }

  Line write(Ledger ledger, Entry entry) throws Exception {
    return writeAll(ledger, List.of(entry)).getFirst();
  }

  /** What happens to a request's hold when nobody renews it for as long as a lease lasts. */
  void expire(String balance, String id) throws Exception {
    expire(balance, id, false);
  }

  /** What happens to what a request was billed for its hold, some time later. */
  void billedMoves(String balance, String id) throws Exception {
    expire(balance, id, true);
  }

  private void expire(String balance, String id, boolean billed) throws Exception {
    String holds = '{' + balance + "}:holds";
    String hold = send(Command.HGET, holds, "hold:" + id);
    if (hold != null && hold.startsWith("billed") == billed) {
      String[] words = hold.split(" ");
      words[2] = "0";
      String[] state = send(Command.HGET, holds, "state").split(" ");
      state[NEXT_EXPIRY] = "0";
      send(Command.HSET, holds, "hold:" + id, String.join(" ", words));
      send(Command.HSET, holds, "state", String.join(" ", state));
    }
  }

  /** As if so much time had gone by for a budget: all its times move back. */
  void pass(String balance, long millis) throws Exception {
    String state = send(Command.GET, '{' + balance + "}:budget");
    if (state == null) {
      return;
    }
    String[] words = state.split(" ");
    words[0] = earlier(words[0], millis);
    words[1] = earlier(words[1], millis);
    for (int i = 5; i < words.length; i++) {
      String[] lot = words[i].split(":");
      words[i] = earlier(lot[0], millis) + ':' + lot[1];
    }
    send(Command.SET, '{' + balance + "}:budget", String.join(" ", words));
    String holds = '{' + balance + "}:holds";
    for (String field : fields(holds)) {
      String[] hold = send(Command.HGET, holds, field).split(" ");
      if (field.startsWith("hold:") && hold.length == 4) {
        hold[3] = earlier(hold[3], millis);
        send(Command.HSET, holds, field, String.join(" ", hold));
      }
    }
    for (String billed : keys('{' + balance + "}:billed:*")) {
      for (String id : fields(billed)) {
        String[] known = send(Command.HGET, billed, id).split(" ");
        if (known.length == 2) {
          send(Command.HSET, billed, id, known[0] + ' ' + earlier(known[1], millis));
        }
      }
    }
  }

  private List<String> fields(String hash) throws Exception {
    return on(
        () ->
            link.send(Command.HKEYS, hash)
                .map(keys -> keys.stream().map(Response::toString).toList()));
  }

  /** Zero is never. */
  private static String earlier(String millis, long by) {
    return millis.equals("0") ? millis : Long.toString(Long.parseLong(millis) - by);
  }

  /** As if the newest generation of settled requests had begun half an hour earlier. */
  void generationEnds(String balance) throws Exception {
    String holds = '{' + balance + "}:holds";
    String[] state = send(Command.HGET, holds, "state").split(" ");
    String begun = state[NEWEST_GENERATION];
    String before = Long.toString(Long.parseLong(begun) - Duration.ofMinutes(30).toMillis());
    state[NEWEST_GENERATION] = before;
    send(Command.HSET, holds, "state", String.join(" ", state));
    String settled = '{' + balance + "}:settled:";
    send(Command.RENAME, settled + begun, settled + before);
  }

  /** The keys of a balance's settled requests. */
  List<String> settled(String balance) throws Exception {
    return keys('{' + balance + "}:settled:*");
  }

  List<String> keys(String pattern) throws Exception {
    return on(
        () ->
            link.send(Command.KEYS, pattern)
                .map(keys -> keys.stream().map(Response::toString).toList()));
  }

  /** What happens to settled requests after an hour or two. */
  void forgetSettled(String balance) throws Exception {
    for (String key : settled(balance)) {
      send(Command.DEL, key);
    }
  }

  /** As another node has it. */
  RedisLink anotherLink() throws Exception {
    return on(
        () -> {
          RedisLink opening =
              RedisLink.open(vertx, "node", server.address(), new SimpleMeterRegistry());
          return opening.firstAttempt().map(opening);
        });
  }

  /** Runs work on the event loop and waits for what it promises. */
  <T> T on(Callable<Future<T>> work) throws Exception {
    return on(loop, work);
  }

  <T> T on(Context context, Callable<Future<T>> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        start -> {
          try {
            work.call().onComplete(result::complete, result::completeExceptionally);
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(20, SECONDS);
  }

  void stopServer() {
    server.stop().run();
  }

  @Override
  public void close() throws Exception {
    on(link::close);
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
    server.stop().run();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new AssertionError("the test directory can't be removed", e);
    }
  }

  private static String text(Response response) {
    return response == null ? null : response.toString();
  }
}
