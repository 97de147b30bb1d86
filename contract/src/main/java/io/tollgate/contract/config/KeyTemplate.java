package io.tollgate.contract.config;

import java.util.List;

/**
 * How a key for a limiting service is put together of what a request says, such as {@code
 * user-{{request.headers.user-type}}}.
 */
public record KeyTemplate(List<Part> parts) {
  public KeyTemplate {
    parts = List.copyOf(parts);
  }

  /** A piece of it. */
  public sealed interface Part {
    /** The same in each key. */
    record Text(String text) implements Part {}

    /**
     * @param name of the header in lower case, or of the query parameter; empty for the others
     */
    record Fact(Source source, String name) implements Part {}
  }

  /** What a request is asked for. */
  public enum Source {
    HEADER,
    PATH,
    HOST,
    QUERY,
    CONSUMER,
    ROUTE,
    ADDRESS
  }
}
