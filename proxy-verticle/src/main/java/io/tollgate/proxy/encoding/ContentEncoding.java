package io.tollgate.proxy.encoding;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The encodings of a body, as its headers name them.
 *
 * @param names in the order in which they were applied; none for a plain body
 */
public record ContentEncoding(List<String> names) {
  private static final Logger log = LoggerFactory.getLogger(ContentEncoding.class);
  private static final String HEADER = "content-encoding";
  private static final String NONE = "identity";

  /** Of a body that nobody has encoded. */
  public static final ContentEncoding PLAIN = new ContentEncoding(List.of());

  /** More than anybody applies; each costs time and memory to undo. */
  private static final int MAX_CODINGS = 3;

  public ContentEncoding {
    names = List.copyOf(names);
  }

  /**
   * Loads the library for brotli, which reads a file: not to be called on an event loop. Where it
   * can't be loaded, brotli counts as an encoding that can't be undone.
   */
  public static void load() {
    if (!BrotliDecoder.isAvailable()) {
      log.warn("answers in brotli can't be read on this system; they will be estimated");
    }
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
