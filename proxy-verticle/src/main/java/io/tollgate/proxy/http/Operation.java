package io.tollgate.proxy.http;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

  /** These take no {@code max_tokens}; some other servers know nothing else. */
  private static final Pattern REASONING_MODEL =
      Pattern.compile("(?i)(?:.*/)?(?:ft:)?(?:o[1-9]|gpt-5).*");

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
   * The fields of a request that bound its output.
   *
   * @param model as the provider calls it; null when that is not known
   * @return first the one to use where there is none; empty where nothing bounds it
   */
  public List<String> outputCaps(@Nullable String model) {
    return switch (this) {
      case CHAT_COMPLETIONS ->
          model != null && REASONING_MODEL.matcher(model).matches()
              ? List.of("max_completion_tokens", "max_tokens")
              : List.of("max_tokens", "max_completion_tokens");
      case COMPLETIONS, MESSAGES -> List.of("max_tokens");
      case RESPONSES -> List.of("max_output_tokens");
      case EMBEDDINGS, MODELS, OTHER -> List.of();
    };
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
