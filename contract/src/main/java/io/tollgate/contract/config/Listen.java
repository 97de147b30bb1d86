package io.tollgate.contract.config;

/** An address to listen on. */
public record Listen(String host, int port) {}
