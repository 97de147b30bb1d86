package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class UsageChunkFilterPropertyTest {
  private static final List<String> LINE_ENDS = List.of("\n", "\r\n", "\r");
  private static final String USAGE_DATA =
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";

  @Property(tries = 3000)
  void takes_out_usage_events_and_nothing_else_whatever_the_stream_and_its_cuts(@ForAll long seed) {
    RandomJson random = new RandomJson(seed);
    StringBuilder stream = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    boolean done = false;
    for (int i = random.upTo(12); i > 0; i--) {
      boolean usage = random.chance(30);
      String data = usage ? USAGE_DATA : data(random);
      String event = event(random, data);
      stream.append(event);
      expected.append(usage && !done ? "" : event);
      done |= data.equals("[DONE]");
    }
    Buffer bytes = Buffer.buffer(stream.toString());
    UsageChunkFilter filter = new UsageChunkFilter(Meters.meter());
    Buffer out = Buffer.buffer();
    for (int from = 0; from < bytes.length(); ) {
      int to = Math.min(bytes.length(), from + 1 + random.upTo(random.chance(50) ? 3 : 200));
      out.appendBuffer(filter.pass(bytes.getBuffer(from, to)));
      from = to;
    }
    out.appendBuffer(filter.rest());

    assertThat(out.toString()).isEqualTo(expected.toString());
  }

  private static String data(RandomJson random) {
    return switch (random.upTo(4)) {
      case 0 -> "{\"choices\":[{\"delta\":{\"content\":" + random.string() + "}}],\"usage\":null}";
      case 1 -> "[DONE]";
      case 2 -> "{\"choices\":[],\"usage\":null,\"x\":" + flat(random) + "}";
      default -> "{\"x\":" + flat(random) + ",\"usage\":{\"prompt_tokens\":1}}";
    };
  }

  /** JSON on one line. */
  private static String flat(RandomJson random) {
    return random.value(3).replace("\n", " ").replace("\r", " ");
  }

  private static String event(RandomJson random, String data) {
    String end = random.one(LINE_ENDS);
    String comment = random.chance(20) ? ": comment" + end : "";
    String name = random.chance(20) ? "event: x" + end : "";
    String space = random.chance(80) ? " " : "";
    return comment + name + "data:" + space + data + end + end;
  }
}
