package io.tollgate.proxy.upstream;

/** A provider with the names that one of a route's upstreams gives its models. */
record Upstream(String provider, ModelMapping mapping) {}
