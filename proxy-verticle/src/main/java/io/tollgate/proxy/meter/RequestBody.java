package io.tollgate.proxy.meter;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's body: the fields that the gateway acts on, and all of its bytes, which go on as they
 * came but for the values that {@link #rewrite} replaces. Immutable.
 */
public final class RequestBody implements RequestReading {
  private static final RequestBody NONE =
      new RequestBody(Buffer.buffer(), Fields.NONE, PromptSize.NONE, RequestSplice.NONE);

  private final Buffer bytes;
  private final Fields fields;
  private final PromptSize prompt;
  private final RequestSplice splice;

  RequestBody(Buffer bytes, Fields fields, PromptSize prompt, RequestSplice splice) {
    this.bytes = bytes;
    this.fields = fields;
    this.prompt = prompt;
    this.splice = splice;
  }

  /**
   * Reads a JSON body in one pass, without building a tree. The buffer must not change afterwards.
   *
   * @return the body, or what is wrong with it
   */
  public static RequestReading read(Buffer bytes) {
    return new RequestReader(bytes).read();
  }

  /** The body of a request that has none, or none that is JSON. */
  public static RequestBody none() {
    return NONE;
  }

  /** The bytes as they came. */
  public Buffer bytes() {
    return bytes;
  }

  /** The model asked for; null when the body names none. */
  public @Nullable String model() {
    return fields.model;
  }

  /** Whether the caller wants the answer as a stream of events. */
  public boolean stream() {
    return fields.stream;
  }

  /** Whether the caller asked for the usage of a stream; null when it said nothing about it. */
  public @Nullable Boolean includeUsage() {
    return fields.includeUsage;
  }

  /**
   * The most output tokens that the caller allows for one text; null when it set no cap.
   *
   * @param capFields that the provider may go by: of several that are set we can't tell which
   */
  public @Nullable Long mostOutputTokens(List<String> capFields) {
    return splice.mostOutput(capFields);
  }

  /** How many texts the model is to write, for as many choices or to choose from; at least 1. */
  public int choices() {
    return fields.choices;
  }

  public PromptSize prompt() {
    return prompt;
  }

  /** Whether it allows more output than this, or any. */
  public boolean exceeds(OutputCap cap) {
    return splice.exceeds(cap);
  }

  /**
   * The same body with another model, with the usage of the stream asked for, and with a cap on its
   * output; every other byte stays.
   *
   * @param newModel null to leave the model as it is
   * @param addIncludeUsage whether to set {@code stream_options.include_usage}
   * @param cap what the request's own caps are lowered to; they are never raised. Null for none
   * @return the bytes to send; {@link #bytes()} itself when nothing changes
   */
  public Buffer rewrite(
      @Nullable String newModel, boolean addIncludeUsage, @Nullable OutputCap cap) {
    String changedModel = newModel == null || newModel.equals(model()) ? null : newModel;
    boolean addUsage = addIncludeUsage && !Boolean.TRUE.equals(includeUsage());
    OutputCap lower = cap != null && exceeds(cap) ? cap : null;
    if (bytes.length() == 0 || (changedModel == null && !addUsage && lower == null)) {
      return bytes;
    }
    return splice.apply(bytes, changedModel, addUsage, lower);
  }

  /**
   * What the body says.
   *
   * @param choices how many texts the model is to write
   */
  record Fields(
      @Nullable String model, boolean stream, @Nullable Boolean includeUsage, int choices) {
    static final Fields NONE = new Fields(null, false, null, 1);
  }
}
