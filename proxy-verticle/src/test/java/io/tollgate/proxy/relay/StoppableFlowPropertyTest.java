package io.tollgate.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.proxy.ending.StreamEnding;
import io.tollgate.proxy.http.Operation;
import io.tollgate.proxy.meter.Estimator;
import io.tollgate.proxy.meter.RequestBody;
import io.tollgate.proxy.meter.UsageMeter;
import io.tollgate.proxy.meter.Workload;
import io.tollgate.proxy.meter.Workshop;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** However its bytes are cut, a stream ends after the event that reaches the line, whole. */
class StoppableFlowPropertyTest {
  private static final Estimator ESTIMATOR = new Estimator(Workshop.HERE);

  @Property(tries = 1000)
  void passes_whole_events_up_to_the_line_and_nothing_more(@ForAll long seed) {
    Random random = new Random(seed);
    String lineEnd = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
    List<String> events = events(random, lineEnd);
    int last = random.nextInt(events.size() + 2);

    String out = pass(pieces(String.join("", events), random), last, events.size());

    String expected = String.join("", events.subList(0, Math.min(last + 1, events.size())));
    assertThat(sameLineEnds(out)).isEqualTo(sameLineEnds(expected));
    assertThat(out.replace("\n", "")).isEqualTo(expected.replace("\n", ""));
  }

  /** Chunks of a chat, with comments and text that looks like the end of an event. */
  private static List<String> events(Random random, String lineEnd) {
    List<String> events = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      String comment = random.nextInt(4) == 0 ? ": still here" + lineEnd : "";
      String chunk =
          "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\\n\\ndata: "
              + "x".repeat(random.nextInt(20))
              + "\"},\"finish_reason\":null}]}";
      events.add(comment + chunk + lineEnd + lineEnd);
    }
    return events;
  }

  private static List<Buffer> pieces(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Buffer> pieces = new ArrayList<>();
    int most = 1 << random.nextInt(8);
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
      pieces.add(Buffer.buffer().appendBytes(bytes, from, to - from));
      from = to;
    }
    return pieces;
  }

  /**
   * @param last the place of the event that reaches the line
   */
  private static String pass(List<Buffer> pieces, int last, int events) {
    UsageMeter meter =
        ESTIMATOR
            .forecast("ann", "m", Workload.GENERATION, RequestBody.none(), List.of())
            .meter("m");
    int[] seen = {0};
    StreamEnding ending =
        Objects.requireNonNull(StreamEnding.of(Operation.CHAT_COMPLETIONS, false));
    Stopping stopping =
        new Stopping(
            ending, () -> seen[0]++ == last, () -> Future.succeededFuture(TokenUsage.NONE));
    Buffer out = Buffer.buffer();
    try (AnswerFlow flow = new StoppableFlow(new PlainFlow(meter, true), stopping)) {
      pieces.forEach(piece -> out.appendBuffer(flow.pass(piece)));
      out.appendBuffer(flow.rest());
      assertThat(flow.isStopped()).isEqualTo(last < events);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String sameLineEnds(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n').stripTrailing();
  }
}
