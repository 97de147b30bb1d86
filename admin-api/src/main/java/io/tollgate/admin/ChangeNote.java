package io.tollgate.admin;

import io.tollgate.contract.quota.AccountChange.Note;
import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who wants a change and why, for the audit trail. */
final class ChangeNote {
  private static final String HEADER = "Idempotency-Key";
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private ChangeNote() {}

  /** Of a change that can be repeated without harm. */
  static Note of(@Nullable String reason) {
    return new Note("admin token", reason, null);
  }

  /** Of a change that is made once under the key that the call may have. */
  static Checked<Note> once(HttpServerRequest request, @Nullable String reason) {
    String key = request.getHeader(HEADER);
    return key == null || KEY.matcher(key).matches()
        ? new Checked.Good<>(new Note("admin token", reason, key))
        : new Checked.Bad<>(
            Problem.unacceptable(HEADER, key, "1 to 128 letters, digits, points, colons, _ and -"));
  }
}
