package io.tollgate.proxy.encoding;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An encoding that can be undone. */
enum ContentCoding {
  GZIP,
  DEFLATE,
  BROTLI;

  /** Null when it can't be undone here. */
  static @Nullable ContentCoding of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "gzip", "x-gzip" -> GZIP;
      case "deflate" -> DEFLATE;
      case "br" -> BrotliDecoder.isAvailable() ? BROTLI : null;
      default -> null;
    };
  }

  Decoder decoder(Output out) {
    return switch (this) {
      case GZIP -> new GzipDecoder(out);
      case DEFLATE -> new DeflateDecoder(out);
      case BROTLI -> new BrotliDecoder(out);
    };
  }
}
