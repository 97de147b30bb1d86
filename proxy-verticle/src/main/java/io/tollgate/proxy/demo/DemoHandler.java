package io.tollgate.proxy.demo;

import io.tollgate.contract.config.DemoConfig;
import io.tollgate.proxy.demo.DemoCall.Embedding;
import io.tollgate.proxy.demo.DemoCall.Generation;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests as a provider does. One for each event loop. */
final class DemoHandler implements Handler<HttpServerRequest> {
  static final int MAX_BODY_BYTES = 1024 * 1024;

  /** The one path that is not OpenAI's. */
  static final String MESSAGES_PATH = "/v1/messages";

  private static final Logger log = LoggerFactory.getLogger(DemoHandler.class);
  private static final int MANY_NUMBERS = 16 * 1024;

  private final Vertx vertx;
  private final DemoConfig pace;
  private final DemoLedger ledger;
  private final Tokenizers tokenizers;
  private long serial;

  DemoHandler(Vertx vertx, DemoConfig pace, DemoLedger ledger, Tokenizers tokenizers) {
    this.vertx = vertx;
    this.pace = pace;
    this.ledger = ledger;
    this.tokenizers = tokenizers;
  }

  @Override
  public void handle(HttpServerRequest request) {
    DemoOrders orders = DemoOrders.read(request.headers());
    if (orders == null) {
      new Exchange(vertx, request, DemoOrders.NONE, ledger).refuse(DemoOrders.refusal());
      return;
    }
    Exchange exchange = new Exchange(vertx, request, orders, ledger);
    Integer status = orders.status();
    Future<Void> answered =
        status == null
            ? route(exchange, request)
            : exchange
                .after(orders.delay())
                .compose(waited -> exchange.refuse(DemoRefusal.ordered(status)));
    answered.onFailure(failure -> fail(exchange, failure));
  }

  private Future<Void> route(Exchange exchange, HttpServerRequest request) {
    String path = Objects.requireNonNullElse(request.path(), "");
    return switch (path) {
      case "/v1/models" ->
          request.method().equals(HttpMethod.GET)
              ? exchange.send(200, DemoModels.document())
              : exchange.refuse(DemoRefusal.wrongMethod(request.method()));
      case "/v1/chat/completions" -> read(exchange, request, GenerationReader::chat);
      case "/v1/completions" -> read(exchange, request, GenerationReader::completion);
      case "/v1/responses" -> read(exchange, request, GenerationReader::responses);
      case MESSAGES_PATH -> read(exchange, request, GenerationReader::messages);
      case "/v1/embeddings" -> read(exchange, request, EmbeddingReader::read);
      default -> exchange.refuse(DemoRefusal.unknownPath(request.method(), path));
    };
  }

  private Future<Void> read(
      Exchange exchange, HttpServerRequest request, Function<CallFields, DemoCall> reader) {
    if (!request.method().equals(HttpMethod.POST)) {
      return exchange.refuse(DemoRefusal.wrongMethod(request.method()));
    }
    return BoundedBody.of(request, MAX_BODY_BYTES)
        .compose(
            body ->
                body == null
                    ? exchange.refuse(DemoRefusal.tooLarge(MAX_BODY_BYTES))
                    : answer(exchange, CallFields.read(body, reader)));
  }

  private Future<Void> answer(Exchange exchange, DemoReading reading) {
    return switch (reading) {
      case DemoRefusal refusal -> exchange.refuse(refusal);
      case Generation call ->
          tokenizers.of(call.model()).compose(model -> generate(exchange, call, model));
      case Embedding call ->
          tokenizers
              .of(call.model())
              .compose(model -> model.count(call.prompt()))
              .compose(tokens -> embed(exchange, call, tokens));
    };
  }

  private Future<Void> generate(Exchange exchange, Generation call, Tokenizers.OneModel model) {
    return model
        .count(call.prompt())
        .map(tokens -> new Reply(call, tokens, model.answer(call, exchange.orders().tokens())))
        .compose(reply -> send(exchange, reply));
  }

  private Future<Void> send(Exchange exchange, Reply reply) {
    exchange.promptRead(reply.promptTokens());
    String id = Long.toString(++serial, Character.MAX_RADIX);
    AnswerScript script =
        reply.call().protocol().script(reply, id, System.currentTimeMillis() / 1000);
    if (reply.call().stream()) {
      return exchange
          .pause(pace.firstToken())
          .compose(waited -> TokenStream.write(exchange, script, pace.interval()));
    }
    int tokens = reply.answer().tokens();
    Duration generation =
        pace.firstToken().plus(pace.interval().multipliedBy(Math.max(0, tokens - 1)));
    Buffer document = script.document(!exchange.orders().noUsage());
    return exchange
        .pause(generation)
        .compose(waited -> exchange.document(document, reply.promptTokens(), tokens));
  }

  private Future<Void> embed(Exchange exchange, Embedding call, int promptTokens) {
    exchange.promptRead(promptTokens);
    boolean tellUsage = !exchange.orders().noUsage();
    Future<Buffer> document =
        (long) call.inputs().size() * call.dimensions() > MANY_NUMBERS
            ? OffLoop.call(vertx, () -> Vectors.document(call, promptTokens, tellUsage))
            : Future.succeededFuture(Vectors.document(call, promptTokens, tellUsage));
    return document.compose(
        body ->
            exchange
                .pause(pace.firstToken())
                .compose(waited -> exchange.document(body, promptTokens, 0)));
  }

  private static void fail(Exchange exchange, Throwable failure) {
    if (!exchange.over()) {
      log.warn("The simulated provider could not answer a request", failure);
      exchange.refuse(DemoRefusal.broken());
    }
  }
}
