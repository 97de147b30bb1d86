package io.tollgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.explain.ExplainRequest;
import io.tollgate.contract.explain.ExplainRequestReader;
import io.tollgate.contract.explain.ExplainService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** {@code /api/v1/explain}: what would become of a request. */
final class ExplainResource {
  private final ExplainService service;

  ExplainResource(ExplainService service) {
    this.service = service;
  }

  Future<Answer> explain(RoutingContext call) {
    Buffer body = call.body().buffer();
    byte[] bytes = body == null ? new byte[0] : body.getBytes();
    return switch (JsonBody.tree(bytes).then(ExplainResource::request)) {
      case Checked.Bad<ExplainRequest> bad -> Future.succeededFuture(bad.problem().answer());
      case Checked.Good<ExplainRequest> good ->
          service.explain(good.value()).map(Answer::ok).otherwise(fault -> problem(fault).answer());
    };
  }

  private static Checked<ExplainRequest> request(JsonNode tree) {
    return switch (ExplainRequestReader.read(tree)) {
      case ExplainRequestReader.Read read -> new Checked.Good<>(read.request());
      case ExplainRequestReader.Faulty faulty ->
          new Checked.Bad<>(Problem.unacceptable(faulty.field(), faulty.found(), faulty.allowed()));
    };
  }

  private static Problem problem(Throwable fault) {
    return fault instanceof IllegalArgumentException
        ? Problem.of(422, "invalid_value", "consumer: " + fault.getMessage())
        : Problem.of(503, "explain_unavailable", String.valueOf(fault.getMessage()))
            .with("Retry-After", "1");
  }
}
