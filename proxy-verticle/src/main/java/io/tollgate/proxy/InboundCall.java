package io.tollgate.proxy;

import io.tollgate.proxy.http.ClientLink;
import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.http.Query;
import io.tollgate.proxy.http.RequestPath;
import io.tollgate.proxy.http.RouteTable;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request whose head is understood: some route may take it.
 *
 * @param request free of identity headers
 * @param version of the configuration that it is judged by
 * @param namedModel the model that a header named; null when none did
 */
record InboundCall(
    CallNotes notes,
    HttpServerRequest request,
    ClientLink client,
    RequestPath path,
    Query query,
    @Nullable String namedModel,
    long version,
    RouteTable.Candidates candidates,
    Operation operation) {
  String id() {
    return notes.requestId();
  }
}
