package io.tollgate.contract.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a key for a limiting service is put together of what a request says, such as {@code
 * user-{{request.headers.user-type}}}.
 */
public record KeyTemplate(List<Part> parts) {
  public KeyTemplate {
    parts = List.copyOf(parts);
  }

  /** As configurations have it. */
  @Override
  public String toString() {
    return parts.stream().map(Part::text).collect(Collectors.joining());
  }

  /** A piece of it. */
  public sealed interface Part {
    /** As configurations have it. */
    String text();

    /** The same in each key. */
    record Text(String text) implements Part {}

    /**
     * @param name of the header in lower case, or of the query parameter; empty for the others
     */
    record Fact(Source source, String name) implements Part {
      @Override
      public String text() {
        return "{{" + source.expression() + name + "}}";
      }
    }
  }

  /** What a request is asked for. */
  public enum Source {
    HEADER("request.headers."),
    PATH("request.path"),
    HOST("request.host"),
    QUERY("request.query."),
    CONSUMER("consumer"),
    ROUTE("route"),
    ADDRESS("source.address");

    private final String expression;

    Source(String expression) {
      this.expression = expression;
    }

    /** What stands in the braces; of a header or parameter what stands before its name. */
    public String expression() {
      return expression;
    }
  }
}
