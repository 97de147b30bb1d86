package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.tokens.Count;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code limiter_http}: the limiter's own port. */
final class LimiterHttpReader {
  private static final int DEFAULT_PORT = 8090;

  private LimiterHttpReader() {}

  /**
   * @param environment where {@code RATE_LIMIT_CONFIG} may be; alone it opens no port
   * @return null when the section is absent
   */
  static @Nullable LimiterHttp read(
      Value value, StoreTable stores, Map<String, String> environment) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section section = Section.required(value, "a section with port")) {
      Listen listen = ListenReader.read(section, "127.0.0.1", DEFAULT_PORT);
      RateLimitConfig rules = new RateLimitConfig(section, environment);
      return new LimiterHttp(
          listen, rules.read(), count(section.value("count")), stores.read(section.value("redis")));
    }
  }

  /** As ASM's example unless something else is said: prompts are free. */
  private static Count count(Value value) {
    Map<String, Count> words = new LinkedHashMap<>();
    words.put("output", Count.OUTPUT);
    words.put("input", Count.INPUT);
    words.put("total", Count.TOTAL);
    return value.choice(words, Count.OUTPUT);
  }
}
