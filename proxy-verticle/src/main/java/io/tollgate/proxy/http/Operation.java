package io.tollgate.proxy.http;

import java.util.List;

/** What a request wants of a model, told by the part of its path after the route's root. */
public enum Operation {
  CHAT_COMPLETIONS("/chat/completions"),
  COMPLETIONS("/completions"),
  EMBEDDINGS("/embeddings"),
  RESPONSES("/responses"),
  MESSAGES("/messages"),
  MODELS("/models"),
  /** Anything else: passed through. */
  OTHER("");

  private static final List<Operation> ALL = List.of(values());

  private final String path;

  Operation(String path) {
    this.path = path;
  }

  /** The path after the root, such as {@code /chat/completions}; empty for {@link #OTHER}. */
  public String path() {
    return path;
  }

  /** Whether its answer costs tokens even when it does not say how many. */
  public boolean costsTokens() {
    return this != MODELS && this != OTHER;
  }

  /** Whether its streams report usage only when {@code stream_options.include_usage} says so. */
  public boolean takesIncludeUsage() {
    return this == CHAT_COMPLETIONS || this == COMPLETIONS;
  }

  /**
   * Some providers don't care for the case of a path, so neither do we: a path must not escape its
   * metering by its spelling.
   */
  static Operation of(String afterRoot) {
    for (Operation operation : ALL) {
      if (operation.path.equalsIgnoreCase(afterRoot)) {
        return operation;
      }
    }
    return OTHER;
  }
}
