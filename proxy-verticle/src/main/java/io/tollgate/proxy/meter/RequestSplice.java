package io.tollgate.proxy.meter;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in a request's bytes the values lie that the gateway may replace.
 *
 * @param body the whole object
 * @param model the value; null when absent
 * @param streamOptions the value when it is an object; null otherwise
 * @param nullStreamOptions the value when it is {@code null}; null otherwise
 * @param includeUsage the value within {@code stream_options}; null when absent
 * @param caps on the output, of whatever protocol
 */
record RequestSplice(
    ObjectSpan body,
    @Nullable Span model,
    @Nullable ObjectSpan streamOptions,
    @Nullable Span nullStreamOptions,
    @Nullable Span includeUsage,
    List<Cap> caps) {
  static final RequestSplice NONE =
      new RequestSplice(new ObjectSpan(0, true), null, null, null, null, List.of());

  private static final String USAGE_MEMBER = "\"include_usage\":true";

  /** Bytes from {@code start} up to and without {@code end}. */
  record Span(int start, int end) {}

  /**
   * An object that members can be put into.
   *
   * @param inside the offset after its opening brace
   */
  record ObjectSpan(int inside, boolean empty) {}

  /**
   * A field that bounds the output.
   *
   * @param tokens null when it says null
   */
  record Cap(String field, Span value, @Nullable Long tokens) {}

  private record Edit(Span replaced, String text) {}

  Buffer apply(Buffer bytes, @Nullable String newModel, boolean addUsage, @Nullable OutputCap cap) {
    List<Edit> edits = new ArrayList<>(3);
    List<String> added = new ArrayList<>(2);
    if (newModel != null && model != null) {
      edits.add(new Edit(model, quoted(newModel)));
    } else if (newModel != null) {
      added.add("\"model\":" + quoted(newModel));
    }
    if (addUsage && includeUsage != null) {
      edits.add(new Edit(includeUsage, "true"));
    } else if (addUsage && streamOptions != null) {
      edits.add(insertion(streamOptions, USAGE_MEMBER));
    } else if (addUsage && nullStreamOptions != null) {
      edits.add(new Edit(nullStreamOptions, "{" + USAGE_MEMBER + "}"));
    } else if (addUsage) {
      added.add("\"stream_options\":{" + USAGE_MEMBER + "}");
    }
    if (cap != null) {
      lower(cap, edits, added);
    }
    if (!added.isEmpty()) {
      edits.add(insertion(body, String.join(",", added)));
    }
    edits.sort(Comparator.comparingInt(edit -> edit.replaced.start));
    return edited(bytes, edits);
  }

  /** The largest of the caps in these fields; null where none says anything. */
  @Nullable Long mostOutput(List<String> fields) {
    Long most = null;
    for (Cap own : caps) {
      Long tokens = fields.contains(own.field) ? own.tokens : null;
      most = most == null || (tokens != null && tokens > most) ? tokens : most;
    }
    return most;
  }

  /** Whether the request allows more than this. */
  boolean exceeds(OutputCap cap) {
    Long most = mostOutput(cap.fields());
    return most == null || most > cap.tokens();
  }

  private void lower(OutputCap cap, List<Edit> edits, List<String> added) {
    String tokens = Long.toString(cap.tokens());
    boolean capped = false;
    Span nothingSaid = null;
    for (Cap own : caps) {
      if (!cap.fields().contains(own.field)) {
        continue;
      }
      if (own.tokens == null) {
        nothingSaid = own.value;
      } else if (own.tokens > cap.tokens()) {
        edits.add(new Edit(own.value, tokens));
      }
      capped |= own.tokens != null;
    }
    if (!capped && nothingSaid != null) {
      edits.add(new Edit(nothingSaid, tokens));
    } else if (!capped) {
      added.add(quoted(cap.fields().getFirst()) + ':' + tokens);
    }
  }

  private static Edit insertion(ObjectSpan object, String members) {
    Span nothing = new Span(object.inside, object.inside);
    return new Edit(nothing, object.empty ? members : members + ",");
  }

  private static Buffer edited(Buffer bytes, List<Edit> edits) {
    Buffer result = Buffer.buffer(bytes.length() + 64);
    int copied = 0;
    for (Edit edit : edits) {
      result.appendBuffer(bytes, copied, edit.replaced.start - copied);
      result.appendBytes(edit.text.getBytes(StandardCharsets.UTF_8));
      copied = edit.replaced.end;
    }
    return result.appendBuffer(bytes, copied, bytes.length() - copied);
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
