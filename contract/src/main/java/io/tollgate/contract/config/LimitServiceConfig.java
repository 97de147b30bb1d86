package io.tollgate.contract.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route's {@code llm-token-ratelimit} block: a limiting service that is asked over HTTP.
 *
 * @param matches all of them must hold for a request to be asked about; may be empty
 * @param keyTemplates such as {@code {{request.headers.user-type}}}
 * @param service its base address
 * @param timeout for one question
 * @param failOpen whether requests pass when it can't be asked
 * @param rejectedCode the HTTP status of a refusal
 * @param rejectedMessage sent as it is; null for the service's own description
 */
public record LimitServiceConfig(
    List<Match> matches,
    List<String> keyTemplates,
    URI service,
    Duration timeout,
    boolean failOpen,
    int rejectedCode,
    @Nullable String rejectedMessage) {
  public LimitServiceConfig {
    matches = List.copyOf(matches);
    keyTemplates = List.copyOf(keyTemplates);
  }

  /**
   * @param of {@code host}, {@code path} or {@code header:<name>}
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
