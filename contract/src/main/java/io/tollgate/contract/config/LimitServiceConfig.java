package io.tollgate.contract.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route's {@code llm-token-ratelimit} block: a limiting service that is asked over HTTP.
 *
 * @param matches all of them must hold for a request to be asked about; may be empty
 * @param keys that the service is asked about; one of which a part is missing is left out
 * @param service its base address, without a slash at its end
 * @param timeout for one question
 * @param failOpen whether requests pass when it can't be asked
 * @param rejectedCode the HTTP status of a refusal
 * @param rejectedMessage sent as it is; null for the service's own description
 */
public record LimitServiceConfig(
    List<Match> matches,
    List<KeyTemplate> keys,
    URI service,
    Duration timeout,
    boolean failOpen,
    int rejectedCode,
    @Nullable String rejectedMessage) {
  public LimitServiceConfig {
    matches = List.copyOf(matches);
    keys = List.copyOf(keys);
  }

  /**
   * @param of {@code host}, {@code path} or {@code header:<name in lower case>}
   * @param value what it must be, begin with, or contain a match of
   */
  public record Match(String of, Kind kind, String value) {
    /** How the value is compared. */
    public enum Kind {
      EXACT,
      PREFIX,
      REGEX
    }
  }
}
