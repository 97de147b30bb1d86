/**
 * The simulated provider: a real HTTP server that speaks the OpenAI protocol, counts real tokens
 * and makes up its answers. It stands in where no provider key is set, plays faults for tests and
 * takes the load of the benchmark.
 *
 * <p>It has no consumers and knows no keys, so it only listens on loopback. Two request headers
 * steer it, see {@link DemoOrders}.
 */
@NullMarked
package io.tollgate.proxy.demo;

import org.jspecify.annotations.NullMarked;
