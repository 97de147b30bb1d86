package io.tollgate.contract.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a line for each request goes.
 *
 * @param file null when {@code target} is not FILE
 */
public record LogConfig(Target target, @Nullable Path file) {
  /** Kinds of targets. */
  public enum Target {
    STDOUT,
    FILE,
    OFF
  }
}
