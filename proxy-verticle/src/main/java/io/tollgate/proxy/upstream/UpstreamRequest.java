package io.tollgate.proxy.upstream;

import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.meter.OutputCap;
import io.tollgate.proxy.meter.RequestBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as any provider may get it; {@link Provider} and {@link ModelMapping} give it the rest.
 *
 * @param rest the raw path after the route's root
 * @param query raw, without credentials; empty for none
 * @param headers as {@link RequestHeaders} lets them pass
 * @param model the model asked for; null when the request names none
 * @param body the fields that may be rewritten; {@link RequestBody#none()} when it isn't JSON
 * @param bytes the body as it came
 */
public record UpstreamRequest(
    HttpMethod method,
    Operation operation,
    String rest,
    String query,
    MultiMap headers,
    @Nullable String model,
    RequestBody body,
    Buffer bytes) {

  /**
   * The bytes for a provider that calls the model by this name.
   *
   * @param outputCap the most output tokens of each text; null for as many as the body says
   */
  Buffer bytesFor(@Nullable String providersModel, @Nullable Long outputCap) {
    if (body.bytes().length() == 0) {
      return bytes;
    }
    // A body that leaves the model to the header or the path goes on without one.
    String renamed = body.model() == null ? null : providersModel;
    return body.rewrite(renamed, addsIncludeUsage(), cap(providersModel, outputCap));
  }

  /** Whether that cap takes the place of the body's own, or of none. */
  boolean isLoweredTo(@Nullable Long outputCap, @Nullable String providersModel) {
    OutputCap cap = cap(providersModel, outputCap);
    return cap != null && body.bytes().length() > 0 && body.exceeds(cap);
  }

  private @Nullable OutputCap cap(@Nullable String providersModel, @Nullable Long outputCap) {
    if (outputCap == null) {
      return null;
    }
    List<String> fields = operation.outputCaps(providersModel);
    return fields.isEmpty() ? null : new OutputCap(outputCap, fields);
  }

  /** Whether we ask for the usage of a stream, which the client did not. */
  public boolean addsIncludeUsage() {
    return operation.takesIncludeUsage()
        && body.stream()
        && !Boolean.TRUE.equals(body.includeUsage());
  }
}
