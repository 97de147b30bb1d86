package io.tollgate.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.UpstreamConfig;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.proxy.http.Responder;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.upstream.ModelDirectory;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers what models a caller may ask for: those that the configuration names for the routes that
 * are open to it and, where a route takes any model, those that its providers list themselves.
 */
final class ModelList {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String OWNER = "tollgate";

  private final ModelNames names;
  private final ModelDirectory directory;
  private final ProxyMetrics metrics;

  ModelList(ModelNames names, ModelDirectory directory, ProxyMetrics metrics) {
    this.names = names;
    this.directory = directory;
    this.metrics = metrics;
  }

  Future<Step<Served>> answer(IdentifiedCall call) {
    List<RouteConfig> routes =
        call.inbound().candidates().routes().stream().filter(route -> mayUse(call, route)).toList();
    Set<String> models = new TreeSet<>();
    routes.forEach(route -> models.addAll(names.askedFor(route)));
    return Future.join(
            routes.stream()
                .filter(route -> route.models().isEmpty())
                .flatMap(route -> route.upstreams().stream())
                .map(UpstreamConfig::provider)
                .distinct()
                .map(provider -> addListed(provider, models))
                .toList())
        .map(
            all -> {
              Responder.send(call.inbound().request(), 200, Responder.JSON, json(models));
              return Step.next(new Served(200, Bill.nothing(Outcome.COMPLETED)));
            });
  }

  /** A provider that lists nothing takes nothing away from the others. */
  private Future<?> addListed(String provider, Set<String> models) {
    return directory
        .of(provider)
        .onSuccess(models::addAll)
        .onFailure(fault -> metrics.modelListFailed(provider))
        .otherwiseEmpty();
  }

  private static boolean mayUse(IdentifiedCall call, RouteConfig route) {
    return route.auth() == null
        || (call.consumer() != null && route.auth().allow().contains(call.consumer()));
  }

  private static Buffer json(Set<String> models) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("object", "list");
      json.writeArrayFieldStart("data");
      for (String model : models) {
        json.writeStartObject();
        json.writeStringField("id", model);
        json.writeStringField("object", "model");
        json.writeNumberField("created", 0);
        json.writeStringField("owned_by", OWNER);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't be written", e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }
}
