package io.tollgate.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.proxy.encoding.ContentEncoding;
import io.tollgate.proxy.encoding.Encoded;
import io.tollgate.proxy.meter.Estimator;
import io.tollgate.proxy.meter.Metered;
import io.tollgate.proxy.meter.RequestBody;
import io.tollgate.proxy.meter.UsageMeter;
import io.tollgate.proxy.meter.Workload;
import io.tollgate.proxy.meter.Workshop;
import io.tollgate.proxy.relay.Recordings.Recording;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Every recorded answer, in every encoding, however it is cut: the same bill, the same bytes. */
class RecutTest {
  private static final List<Recording> RECORDINGS = Recordings.all();
  private static final MultiMap TAKES_PLAIN = MultiMap.caseInsensitiveMultiMap();
  private static final MultiMap TAKES_ALL =
      MultiMap.caseInsensitiveMultiMap().add("accept-encoding", "gzip, x-gzip, deflate, br");

  private final Estimator estimator = new Estimator(Workshop.HERE);

  /** What came of an answer. */
  private record Result(Metered metered, boolean whole, Buffer out) {}

  /** How an answer comes, who gets it, and what that client has to get. */
  private record Passing(
      Recording recording,
      Encoded encoded,
      MultiMap client,
      boolean hidesUsage,
      Buffer in,
      Buffer expected) {
    static Passing of(Recording recording, Encoded encoded, MultiMap client, boolean hidesUsage) {
      Buffer in = encoded.of(recording.text());
      boolean asItCame = !hidesUsage && (encoded == Encoded.PLAIN || client == TAKES_ALL);
      String plain = hidesUsage ? recording.withoutUsageEvents() : recording.text();
      Buffer expected = asItCame ? in : Buffer.buffer(plain);
      return new Passing(recording, encoded, client, hidesUsage, in, expected);
    }

    @Override
    public String toString() {
      return recording + " " + encoded + (hidesUsage ? " without its usage" : "");
    }
  }

  @Test
  void every_encoding_of_every_answer_may_be_cut_in_two_anywhere() {
    int cuts = 0;
    List<Passing> passings = new ArrayList<>();
    for (Recording recording : RECORDINGS) {
      for (Encoded encoded : Encoded.values()) {
        passings.add(Passing.of(recording, encoded, TAKES_ALL, false));
      }
      passings.add(Passing.of(recording, Encoded.GZIP, TAKES_PLAIN, false));
      passings.add(Passing.of(recording, Encoded.BROTLI, TAKES_PLAIN, false));
      if (recording.isStream()) {
        passings.add(Passing.of(recording, Encoded.PLAIN, TAKES_PLAIN, true));
        passings.add(Passing.of(recording, Encoded.GZIP, TAKES_ALL, true));
      }
    }
    for (Passing passing : passings) {
      cuts += cutAnywhere(passing);
    }
    System.out.printf(
        "%d answers, %d ways to pass them, %d cuts%n", RECORDINGS.size(), passings.size(), cuts);
  }

  @Test
  void line_ends_marks_and_trailing_garbage_change_nothing() {
    int cuts = 0;
    List<Recording> variants = new ArrayList<>();
    for (Recording recording : RECORDINGS) {
      String text = recording.text();
      variants.add(recording.with("BOM and ", "\uFEFF" + text));
      if (!recording.isStream()) {
        variants.add(recording.with("garbage after ", text + "}]<!-- {\"usage\":{} -->"));
        variants.add(recording.with("blanks around ", "\r\n \n" + text + " \r\n\t"));
        continue;
      }
      variants.add(recording.with("CRLF in ", text.replace("\n", "\r\n")));
      variants.add(recording.with("CR in ", text.replace("\n", "\r")));
      variants.add(recording.with("comments in ", text.replace("\n\n", "\n: ping\n\n:\n\n")));
      if (text.contains("[DONE]")) {
        String usage = "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n";
        variants.add(recording.with("usage after the end of ", text + usage + "\0\u00ff"));
      }
    }
    for (Recording variant : variants) {
      cuts += cutAnywhere(Passing.of(variant, Encoded.PLAIN, TAKES_PLAIN, false));
    }
    System.out.printf("%d variants, %d cuts%n", variants.size(), cuts);
  }

  @Test
  void the_last_event_counts_without_its_end_and_without_done() {
    for (Recording recording : RECORDINGS) {
      if (recording.isStream() && recording.metered().complete()) {
        String text = recording.text().replaceFirst("data: \\[DONE]\\s*$", "").stripTrailing();
        Metered metered = recording.metered();
        Metered unfinished =
            new Metered(
                metered.usage(),
                false,
                metered.model(),
                metered.finishReason(),
                !recording.text().contains("[DONE]"));
        cutAnywhere(
            Passing.of(
                new Recording("no end of " + recording, text, unfinished),
                Encoded.PLAIN,
                TAKES_PLAIN,
                false));
      }
    }
  }

  @Property(tries = 2000)
  void random_cuts_change_nothing(@ForAll long seed) {
    Random random = new Random(seed);
    Recording recording = RECORDINGS.get(random.nextInt(RECORDINGS.size()));
    Encoded encoded = Encoded.values()[random.nextInt(Encoded.values().length)];
    boolean hidesUsage = recording.isStream() && random.nextBoolean();
    Passing passing =
        Passing.of(recording, encoded, random.nextBoolean() ? TAKES_ALL : TAKES_PLAIN, hidesUsage);
    Buffer in = passing.in();
    List<Buffer> pieces = new ArrayList<>();
    int most = 1 << random.nextInt(10);
    for (int from = 0; from < in.length(); ) {
      int to = Math.min(in.length(), from + 1 + random.nextInt(most));
      pieces.add(in.getBuffer(from, to));
      from = to;
    }

    check(passing, pieces);
  }

  /** Whole, byte by byte and in two pieces; returns the number of cuts. */
  private int cutAnywhere(Passing passing) {
    Buffer in = passing.in();
    List<Buffer> bytes = new ArrayList<>();
    check(passing, List.of(in));
    for (int place = 0; place < in.length(); place++) {
      bytes.add(in.getBuffer(place, place + 1));
      check(passing, List.of(in.getBuffer(0, place), in.getBuffer(place, in.length())));
    }
    check(passing, bytes);
    return 2 * in.length();
  }

  private void check(Passing passing, List<Buffer> pieces) {
    Result result = pass(passing, pieces);
    if (!result.equals(new Result(passing.recording().metered(), true, passing.expected()))) {
      // Says where the difference is.
      List<Integer> lengths = pieces.stream().map(Buffer::length).toList();
      assertThat(result.metered())
          .as("%s %s", passing, lengths)
          .isEqualTo(passing.recording().metered());
      assertThat(result.out().toString())
          .as("%s %s", passing, lengths)
          .isEqualTo(passing.expected().toString());
      assertThat(result.whole()).as("%s %s", passing, lengths).isTrue();
    }
  }

  private Result pass(Passing passing, List<Buffer> pieces) {
    MultiMap answer = MultiMap.caseInsensitiveMultiMap();
    if (passing.encoded() != Encoded.PLAIN) {
      answer.add("content-encoding", passing.encoded().header());
    }
    UsageMeter meter = meter(passing.recording());
    Buffer out = Buffer.buffer();
    try (AnswerFlow flow =
        AnswerFlow.of(
            ContentEncoding.of(answer),
            passing.client(),
            new Reading(meter, passing.hidesUsage(), null))) {
      pieces.forEach(piece -> out.appendBuffer(flow.pass(piece)));
      out.appendBuffer(flow.rest());
      return new Result(meter.end(), flow.isWhole(), out);
    }
  }

  private UsageMeter meter(Recording recording) {
    Workload workload = recording.isEmbedding() ? Workload.EMBEDDING : Workload.GENERATION;
    return estimator.forecast("ann", "m", workload, RequestBody.none(), List.of()).meter(null);
  }
}
