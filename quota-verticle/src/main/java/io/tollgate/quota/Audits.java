package io.tollgate.quota;

import io.tollgate.contract.quota.AuditTrail;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the stream that {@code ledger.lua} writes beside a balance. */
final class Audits {
  private Audits() {}

  static AuditTrail read(Response stream) {
    List<AuditTrail.Entry> entries = new ArrayList<>();
    for (Response message : stream) {
      entries.add(entry(message.get(0).toString(), fields(message.get(1))));
    }
    return new AuditTrail.Entries(entries);
  }

  /** Redis makes ids of its clock's milliseconds and a number that tells equal ones apart. */
  private static AuditTrail.Entry entry(String id, Map<String, String> fields) {
    String before = fields.getOrDefault("before", "");
    return new AuditTrail.Entry(
        id,
        Long.parseLong(id.substring(0, id.indexOf('-'))),
        fields.getOrDefault("who", ""),
        fields.getOrDefault("what", ""),
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
