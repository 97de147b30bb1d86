package io.tollgate.quota;

import io.tollgate.contract.quota.AuditTrail;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the streams that the script writes beside a balance. */
final class Audits {
  /** Redis makes ids of its clock's milliseconds and a number that tells equal ones apart. */
  private static final Comparator<AuditTrail.Entry> BY_ID =
      Comparator.comparingLong(AuditTrail.Entry::atMillis)
          .thenComparingLong(entry -> Long.parseLong(entry.id().split("-", -1)[1]));

  /** Between what was granted and when it expires. */
  private static final String UNTIL = " until ";

  private Audits() {}

  /**
   * The latest of both, the newest first.
   *
   * @param made what people have changed
   * @param own what a budget has done by itself
   */
  static AuditTrail read(Response made, Response own, int limit) {
    List<AuditTrail.Entry> entries = new ArrayList<>();
    for (Response message : made) {
      entries.add(entry(message));
    }
    for (Response message : own) {
      entries.add(entry(message));
    }
    return new AuditTrail.Entries(entries.stream().sorted(BY_ID.reversed()).limit(limit).toList());
  }

  private static AuditTrail.Entry entry(Response message) {
    String id = message.get(0).toString();
    Map<String, String> fields = fields(message.get(1));
    String before = fields.getOrDefault("before", "");
    String[] what = fields.getOrDefault("what", "").split(UNTIL, 2);
    return new AuditTrail.Entry(
        id,
        Long.parseLong(id.substring(0, id.indexOf('-'))),
        fields.getOrDefault("who", ""),
        what[0],
        what.length == 1 ? null : Long.valueOf(what[1]),
        Long.parseLong(fields.getOrDefault("tokens", "0")),
        before.isEmpty() ? null : Long.valueOf(before),
        Long.parseLong(fields.getOrDefault("after", "0")),
        fields.getOrDefault("why", ""));
  }

  private static Map<String, String> fields(Response list) {
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i + 1 < list.size(); i += 2) {
      fields.put(list.get(i).toString(), list.get(i + 1).toString());
    }
    return fields;
  }
}
