package io.tollgate.proxy.meter;

import java.util.List;

/**
 * The most output tokens that a request may ask for, for each text that it wants.
 *
 * @param fields that say so in the request's protocol; the first is added where there is none
 */
public record OutputCap(long tokens, List<String> fields) {
  public OutputCap {
    fields = List.copyOf(fields);
  }
}
