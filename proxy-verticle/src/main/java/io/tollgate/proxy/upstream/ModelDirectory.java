package io.tollgate.proxy.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.proxy.encoding.BodyDecoder;
import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.http.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpResponseExpectation;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * The models that providers list themselves, asked for when somebody wants to know and remembered
 * for a minute. Confined to one event loop.
 */
public final class ModelDirectory {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MEMORY = Duration.ofSeconds(60);
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_MODELS = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Known(Future<List<String>> models, long untilNanos) {}

  private final ProviderCatalogue providers;
  private final Map<String, Known> known = new HashMap<>();

  public ModelDirectory(ProviderCatalogue providers) {
    this.providers = providers;
  }

  /** Fails when the provider does not say in time, or not so that it can be understood. */
  public Future<List<String>> of(String provider) {
    long now = System.nanoTime();
    Known remembered = known.get(provider);
    if (remembered == null || remembered.untilNanos() - now < 0) {
      remembered = new Known(ask(providers.get(provider)), now + MEMORY.toNanos());
      known.put(provider, remembered);
    }
    return remembered.models();
  }

  private static Future<List<String>> ask(Provider provider) {
    RequestOptions options =
        provider
            .address(Operation.MODELS, "", null, "")
            .setMethod(HttpMethod.GET)
            .setTimeout(TIMEOUT.toMillis())
            .putHeader("accept-encoding", "identity");
    provider.authorize(options);
    return provider
        .client()
        .request(options)
        .compose(
            request ->
                request
                    .send()
                    .expecting(HttpResponseExpectation.SC_OK)
                    .compose(ModelDirectory::body)
                    .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(fault -> request.reset()))
        .compose(ModelDirectory::names);
  }

  /** We ask for a plain list, but some servers send an encoded one all the same. */
  private static Future<Buffer> body(HttpClientResponse response) {
    ContentEncoding encoding = ContentEncoding.of(response.headers());
    if (!encoding.canBeUndone()) {
      return Future.failedFuture("the list has the content-encoding " + encoding);
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer collected = Buffer.buffer();
    BodyDecoder decoder =
        new BodyDecoder(
            encoding,
            piece -> {
              if (collected.length() + piece.length() > MAX_BYTES) {
                whole.tryFail("the list is longer than " + MAX_BYTES + " bytes");
              } else {
                collected.appendBuffer(piece);
              }
            });
    response.exceptionHandler(whole::tryFail);
    response.endHandler(
        end -> {
          if (decoder.ended()) {
            whole.tryComplete(collected);
          } else {
            whole.tryFail("the list can't be decoded");
          }
        });
    response.handler(decoder::decode);
    return whole.future().onComplete(end -> decoder.close());
  }

  private static Future<List<String>> names(Buffer body) {
    try {
      JsonNode data = JSON.readTree(body.getBytes()).path("data");
      return Future.succeededFuture(
          StreamSupport.stream(data.spliterator(), false)
              .map(model -> model.path("id").asText())
              .filter(id -> !id.isEmpty())
              .limit(MAX_MODELS)
              .toList());
    } catch (IOException e) {
      return Future.failedFuture("the list is no JSON");
    }
  }
}
