package io.tollgate.contract.config;

/** So many tokens in so many seconds. */
public record LimitWindow(long tokens, long seconds) {}
