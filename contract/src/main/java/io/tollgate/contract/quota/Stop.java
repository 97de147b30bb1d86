package io.tollgate.contract.quota;

import io.tollgate.contract.tokens.Count;

/**
 * A stream is to be ended when it has used this much, as its quota says {@code on_exhausted: stop}.
 *
 * @param hold which of the holds it is about, by its place among them
 * @param count what is counted
 * @param amount what the request may use: its hold and what was left beyond it
 */
public record Stop(int hold, Count count, long amount) {}
