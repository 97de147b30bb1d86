package io.tollgate.deploy;

import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The edited rules in the nodes' own store, as a hash with a version and a document. Used on the
 * event loop that opened the link; all fails with a {@link io.tollgate.store.StoreFault}.
 */
final class EditStore {
  static final String KEY = "tollgate:rules";

  private static final String VERSION = "version";
  private static final String DOCUMENT = "document";
  private static final Script PUT = Script.load(EditStore.class, "edit.lua");

  private final RedisLink link;

  EditStore(RedisLink link) {
    this.link = link;
  }

  Future<Long> version() {
    return link.send(Command.HGET, KEY, VERSION).map(EditStore::number);
  }

  Future<RuleEdits> read() {
    return link.send(Command.HMGET, KEY, VERSION, DOCUMENT).map(EditStore::edits);
  }

  /**
   * Writes all of it, unless somebody else has written in between.
   *
   * @param expected the version that is there
   * @return whether it was written
   */
  Future<Boolean> put(RuleEdits edits, long expected) {
    return link.run(
            PUT,
            List.of(KEY),
            List.of(Long.toString(expected), Long.toString(edits.version()), edits.document()))
        .map(written -> written.toString().equals("1"));
  }

  private static RuleEdits edits(Response fields) {
    Response document = fields.get(1);
    return document == null
        ? RuleEdits.NONE
        : RuleEdits.parse(number(fields.get(0)), document.toString());
  }

  private static long number(@Nullable Response version) {
    return version == null ? 0 : Long.parseLong(version.toString());
  }
}
