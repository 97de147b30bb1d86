package io.tollgate.proxy.encoding;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The encodings of a body, as its headers name them.
 *
 * @param names in the order in which they were applied; none for a plain body
 */
public record ContentEncoding(List<String> names) {
  private static final String HEADER = "content-encoding";
  private static final String NONE = "identity";

  /** Of a body that nobody has encoded. */
  public static final ContentEncoding PLAIN = new ContentEncoding(List.of());

  /** More than anybody applies; each costs time and memory to undo. */
  private static final int MAX_CODINGS = 3;

  public ContentEncoding {
    names = List.copyOf(names);
  }

  public static ContentEncoding of(MultiMap headers) {
    if (!headers.contains(HEADER)) {
      return PLAIN;
    }
    List<String> names = new ArrayList<>();
    for (String value : headers.getAll(HEADER)) {
      for (String name : value.split(",")) {
        String coding = name.strip();
        if (!coding.isEmpty() && !coding.equalsIgnoreCase(NONE)) {
          names.add(coding);
        }
      }
    }
    return new ContentEncoding(names);
  }

  public boolean isPlain() {
    return names.isEmpty();
  }

  /** Whether all of them can be undone here. */
  public boolean canBeUndone() {
    return names.size() <= MAX_CODINGS
        && names.stream().allMatch(name -> ContentCoding.of(name) != null);
  }

  /** Whether a client with these request headers has said that it can undo them itself. */
  public boolean isAcceptedBy(MultiMap requestHeaders) {
    AcceptedEncodings accepted = AcceptedEncodings.of(requestHeaders);
    return names.stream().allMatch(accepted::contain);
  }

  @Override
  public String toString() {
    return String.join(", ", names);
  }
}
