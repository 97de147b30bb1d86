package io.tollgate.proxy.demo;

import io.tollgate.contract.config.DemoConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The simulated provider on a free port of 127.0.0.1, OpenAI's protocol below {@code /v1}: chat
 * completions, completions, responses, embeddings, models; and Anthropic's messages. Real protocol
 * and real token counts, made-up answers. Closes its server when it is undeployed.
 */
public final class DemoProviderVerticle extends VerticleBase {
  private static final String HOST = "127.0.0.1";

  private final DemoConfig pace;
  private final DemoLedger ledger;
  private volatile @Nullable HttpServer server;

  public DemoProviderVerticle(DemoConfig pace) {
    this(pace, entry -> {});
  }

  /**
   * @param reader is told of each answer when it is over, on the event loop that wrote it; by the
   *     header {@code x-demo-call} it knows which request it answered
   */
  public DemoProviderVerticle(DemoConfig pace, Consumer<DemoLedger.Entry> reader) {
    this.pace = pace;
    this.ledger = new DemoLedger(reader);
  }

  @Override
  public Future<?> start() {
    Tokenizers tokenizers = new Tokenizers(vertx);
    HttpServerOptions options = new HttpServerOptions().setHost(HOST).setPort(0);
    return tokenizers
        .preload()
        .compose(
            loaded ->
                vertx
                    .createHttpServer(options)
                    .requestHandler(new DemoHandler(vertx, pace, ledger, tokenizers))
                    .listen())
        .onSuccess(listening -> server = listening);
  }

  /** The port that it listens on; readable from any thread once it is deployed. */
  public int port() {
    HttpServer listening = server;
    if (listening == null) {
      throw new IllegalStateException("The simulated provider is not deployed");
    }
    return listening.actualPort();
  }

  /** What it has written. */
  public DemoLedger ledger() {
    return ledger;
  }
}
