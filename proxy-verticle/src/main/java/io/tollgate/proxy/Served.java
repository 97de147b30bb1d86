package io.tollgate.proxy;

/**
 * The end of a request that got an answer.
 *
 * @param status of the answer
 */
record Served(int status, Bill bill) {}
