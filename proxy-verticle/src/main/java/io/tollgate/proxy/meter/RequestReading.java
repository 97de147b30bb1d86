package io.tollgate.proxy.meter;

/** What came of reading a request's body. */
public sealed interface RequestReading permits RequestBody, Malformed {}
