package io.tollgate.proxy.meter;

/**
 * A request's body that can't be read.
 *
 * @param field the field at fault, such as {@code stream_options.include_usage}; {@code body} for
 *     the whole
 * @param found what is there
 * @param allowed what may be there
 */
public record Malformed(String field, String found, String allowed) implements RequestReading {
  /** One sentence for the caller. */
  public String message() {
    return "%s: found %s, allowed is %s".formatted(field, found, allowed);
  }
}
