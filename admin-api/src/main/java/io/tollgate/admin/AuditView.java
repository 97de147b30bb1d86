package io.tollgate.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tollgate.contract.quota.AuditTrail;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of a balance as the interface shows it.
 *
 * @param at by the clock of Redis, in ISO 8601
 * @param before null when there was no balance to read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditView(
    String id,
    String at,
    String who,
    String what,
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
        entry.tokens(),
        entry.before(),
        entry.after(),
        entry.why());
  }
}
