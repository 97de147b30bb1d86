package io.tollgate.contract.config;

import java.time.Duration;

/**
 * The pace of the simulated provider.
 *
 * @param firstToken from request to first token
 * @param interval from token to token; zero for as fast as it goes
 */
public record DemoConfig(Duration firstToken, Duration interval) {}
