package io.tollgate.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.tollgate.contract.quota.AuditTrail;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of a balance as the interface shows it.
 *
 * @param at by the clock of Redis, in ISO 8601
 * @param expiresAt of a grant, in the same form; null when it does not expire
 * @param before null when there was no balance to read
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditView(
    String id,
    String at,
    String who,
    String what,
    @Nullable String expiresAt,
    long tokens,
    @Nullable Long before,
    long after,
    String reason) {
  static AuditView of(AuditTrail.Entry entry) {
    return new AuditView(
        entry.id(),
        Instant.ofEpochMilli(entry.atMillis()).toString(),
        entry.who(),
        entry.what(),
        time(entry.expiresAtMillis()),
        entry.tokens(),
        entry.before(),
        entry.after(),
        entry.why());
  }

  private static @Nullable String time(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis).toString();
  }
}
