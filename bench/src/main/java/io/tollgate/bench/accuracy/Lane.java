package io.tollgate.bench.accuracy;

import org.jspecify.annotations.Nullable;

/**
 * Callers of one kind, each of whom asks again as soon as it is answered.
 *
 * @param mostTokens of an answer
 * @param cap what they share, as one consumer with a model of its own; null when nothing stops them
 */
record Lane(String name, int callers, Mix mix, int mostTokens, @Nullable Cap cap) {}
