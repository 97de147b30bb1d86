package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's life from its configuration to the signal that ends it. */
final class Running {
  private static final Logger log = LoggerFactory.getLogger("tollgate");

  private Running() {}

  /**
   * @param ready what to say on the standard output when the node serves
   * @return the exit status
   */
  static int run(
      ConfigSource source, NodeRoles roles, BiFunction<TollgateConfig, OpenPorts, String> ready)
      throws StartFault {
    FileWatch watch = source.watch();
    JsonNode tree = source.tree().read();
    return switch (source.validate(tree)) {
      case ConfigResult.Invalid invalid -> {
        invalid.faults().forEach(System.err::println);
        yield 1;
      }
      case ConfigResult.Valid valid -> {
        valid.warnings().forEach(log::warn);
        serve(new StartingPoint(source, tree, valid.config(), watch), roles, ready);
        yield 0;
      }
    };
  }

  private static void serve(
      StartingPoint start, NodeRoles roles, BiFunction<TollgateConfig, OpenPorts, String> ready)
      throws StartFault {
    Signals.onFirst(Thread.currentThread()::interrupt);
    // One that comes before the node can do it is done then; left alone it would end the process.
    CompletableFuture<Node> started = new CompletableFuture<>();
    Signals.onHangup(() -> started.thenAccept(Node::reload));
    try {
      Node node = Node.start(start, roles);
      started.complete(node);
      System.out.println(ready.apply(start.config(), node.ports()));
      awaitSignal();
      log.info("ending; open requests may go on for {}", start.config().node().drainTimeout());
      node.close();
    } catch (InterruptedException e) {
      log.debug("a signal came while the node was starting");
    }
    log.info("ended");
  }

  private static void awaitSignal() {
    while (!Thread.interrupted()) {
      LockSupport.park();
    }
  }
}
