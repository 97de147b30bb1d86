package io.tollgate.proxy.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request's path, decoded to be understood and raw to be passed on.
 *
 * <p>Both are free of doubled slashes and of {@code .} and {@code ..} segments, however these were
 * spelled: whoever reads the path further on reads the same one as we.
 *
 * @param decoded begins with a slash and does not end with one, unless it is the root
 * @param raw still percent-encoded
 */
public record RequestPath(String decoded, String raw) {
  private static final String ROOT_SEGMENT = "/v1";

  public static Step<RequestPath> parse(@Nullable String written) {
    if (written == null || !written.startsWith("/")) {
      return Step.refuse(new Refusal.Malformed("The path does not begin with a slash."));
    }
    String decoded;
    try {
      decoded = written.indexOf('%') < 0 ? written : decode(written);
    } catch (IllegalArgumentException e) {
      return Step.refuse(new Refusal.Malformed("The path's percent-encoding is broken."));
    }
    if (decoded.indexOf('\\') >= 0 || hasDotSegment(decoded)) {
      return Step.refuse(
          new Refusal.Malformed(
              "The path has a backslash or a segment of dots, which is not allowed."));
    }
    String tidy = withoutTrailingSlash(withoutDoubledSlashes(decoded));
    String raw = written.indexOf('%') < 0 ? tidy : withoutDoubledSlashes(written);
    return Step.next(new RequestPath(tidy, raw));
  }

  /** Whether the prefix covers this path, whole segments only. */
  public boolean startsWith(String prefix) {
    return decoded.startsWith(prefix)
        && (prefix.endsWith("/")
            || decoded.length() == prefix.length()
            || decoded.charAt(prefix.length()) == '/');
  }

  /**
   * What this path asks for.
   *
   * @param routePrefix ends the root of a path that has no {@code /v1} segment
   */
  public Operation operation(String routePrefix) {
    return Operation.of(afterRoot(decoded, routePrefix));
  }

  /** The part of the raw path that is the provider's business. */
  public String rawAfterRoot(String routePrefix) {
    return afterRoot(raw, routePrefix);
  }

  private static String afterRoot(String path, String routePrefix) {
    int root = segment(path);
    if (root >= 0) {
      return path.substring(root + ROOT_SEGMENT.length());
    }
    String prefix = withoutTrailingSlash(routePrefix);
    return prefix.length() > 1 && path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  private static int segment(String path) {
    int at = path.indexOf(ROOT_SEGMENT);
    while (at >= 0) {
      int end = at + ROOT_SEGMENT.length();
      if (end == path.length() || path.charAt(end) == '/') {
        return at;
      }
      at = path.indexOf(ROOT_SEGMENT, end);
    }
    return -1;
  }

  private static String decode(String written) {
    // A plus sign is itself in a path.
    return URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static boolean hasDotSegment(String path) {
    if (!path.contains("/.")) {
      return false;
    }
    for (String segment : path.split("/")) {
      if (segment.equals(".") || segment.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static String withoutDoubledSlashes(String path) {
    return path.contains("//") ? path.replaceAll("/{2,}", "/") : path;
  }

  private static String withoutTrailingSlash(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
