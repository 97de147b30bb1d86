package io.tollgate.proxy.service;

import io.tollgate.contract.config.KeyTemplate.Part;
import io.tollgate.proxy.http.Query;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * What keys and conditions look at in a request.
 *
 * @param host in lower case, empty when the request names none
 * @param path decoded
 * @param consumer null when nobody is known
 * @param address of the peer
 */
public record CallView(
    MultiMap headers,
    String host,
    String path,
    Query query,
    @Nullable String consumer,
    String route,
    String address) {

  /** Null when the request does not say it, or says nothing. */
  @Nullable String of(Part.Fact fact) {
    String value =
        switch (fact.source()) {
          case HEADER -> headers.get(fact.name());
          case PATH -> path;
          case HOST -> host;
          case QUERY -> query.first(fact.name());
          case CONSUMER -> consumer;
          case ROUTE -> route;
          case ADDRESS -> address;
        };
    return value == null || value.isBlank() ? null : value;
  }
}
