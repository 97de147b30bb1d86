package io.tollgate.proxy.meter;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** Meters for a request of a known size, and answers cut into chunks. */
final class Meters {
  static final String REQUEST =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Who are you?\"}]}";

  /** A quarter of a token for each character, four for the message and three for the answer. */
  static final long PROMPT_TOKENS = 3 + 4 + 3;

  private Meters() {}

  static UsageMeter meter() {
    return meter(new Estimator(), Workload.GENERATION);
  }

  static UsageMeter meter(Estimator estimator, Workload workload) {
    RequestBody request = (RequestBody) RequestBody.read(Buffer.buffer(REQUEST));
    return estimator.forecast("alice", "m", workload, request, List.of()).meter();
  }

  static Metered metered(String answer) {
    UsageMeter meter = meter();
    meter.accept(Buffer.buffer(answer));
    return meter.end();
  }

  /** The bytes cut at the given places. */
  static List<Buffer> cut(Buffer bytes, int... places) {
    List<Buffer> chunks = new ArrayList<>();
    int from = 0;
    for (int place : places) {
      chunks.add(bytes.getBuffer(from, place));
      from = place;
    }
    chunks.add(bytes.getBuffer(from, bytes.length()));
    return chunks;
  }

  static List<Buffer> singleBytes(Buffer bytes) {
    List<Buffer> chunks = new ArrayList<>();
    for (int i = 0; i < bytes.length(); i++) {
      chunks.add(bytes.getBuffer(i, i + 1));
    }
    return chunks;
  }
}
