package io.tollgate.proxy.meter;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what matters for the bill out of one answer as its bytes pass: JSON, as one document or as
 * one a line, or a stream of server-sent events, told apart by the first byte. What it finds does
 * not depend on how the bytes are cut into chunks, and its memory does not grow with them. What
 * follows the end of an answer is not part of it.
 */
final class UsageReader implements AnswerSink, EventScanner.EventSink {
  private static final Set<String> CLOSING_EVENTS =
      Set.of("message_stop", "response.completed", "response.incomplete", "response.failed");
  private static final Set<String> NOT_FINISHED = Set.of("null", "in_progress", "queued");

  private enum Format {
    UNKNOWN,
    DOCUMENTS,
    EVENTS,
    /** Whatever comes after the last document. */
    TRAILER
  }

  private final byte[] window;
  private final AnswerText text;
  private final JsonScanner json;
  private final EventScanner events = new EventScanner(this);
  private final ReportedUsage reported = new ReportedUsage();
  private final ModalityPart part = new ModalityPart();

  private Format format = Format.UNKNOWN;
  private EventBoundary boundary = EventBoundary.NONE;
  private int windowOffset;
  private long bytesRead;
  private boolean choicesInEvent;
  private boolean choiceInEvent;
  private boolean usageInEvent;
  private boolean reasoningShown;
  private boolean closingEvent;
  private boolean moreToCome;
  private @Nullable String model;
  private @Nullable String finishReason;

  /**
   * @param window scratch space, free between calls
   * @param text takes the text that the model wrote, shown reasoning included
   */
  UsageReader(byte[] window, AnswerText text) {
    this.window = window;
    this.text = text;
    this.json = new JsonScanner(this, text);
  }

  void read(Buffer chunk, EventBoundary eventBoundary) {
    boundary = eventBoundary;
    int length = chunk.length();
    for (windowOffset = 0; windowOffset < length; windowOffset += window.length) {
      int size = Math.min(window.length, length - windowOffset);
      chunk.getBytes(windowOffset, windowOffset + size, window, 0);
      scan(size);
    }
    bytesRead += length;
  }

  private void scan(int size) {
    int start = 0;
    while (format == Format.UNKNOWN && start < size) {
      if (isBlankOrMark(window[start])) {
        start++;
      } else {
        format = isJson(window[start]) ? Format.DOCUMENTS : Format.EVENTS;
      }
    }
    if (format == Format.DOCUMENTS) {
      documents(start, size);
    } else if (format == Format.EVENTS) {
      events.scan(window, start, size);
    }
  }

  private void documents(int from, int to) {
    int i = from;
    while (i < to && format == Format.DOCUMENTS) {
      if (!json.closed()) {
        i = json.scan(window, i, to);
      } else if (isBlankOrMark(window[i])) {
        i++;
      } else if (window[i] == '{') {
        json.reset();
      } else {
        format = Format.TRAILER;
      }
    }
  }

  private static boolean isJson(byte b) {
    return b == '{' || b == '[';
  }

  /** White space or a byte of the byte order mark. */
  private static boolean isBlankOrMark(byte b) {
    return (b >= 0 && b <= ' ') || b == (byte) 0xEF || b == (byte) 0xBB || b == (byte) 0xBF;
  }

  @Override
  public void data(byte[] bytes, int from, int to) {
    if (!events.done()) {
      json.scan(bytes, from, to);
    }
  }

  @Override
  public void eventEnds(int offset) {
    boolean onlyUsage = usageInEvent && choicesInEvent && !choiceInEvent && json.closed();
    json.reset();
    usageInEvent = false;
    choicesInEvent = false;
    choiceInEvent = false;
    boundary.eventEnds(windowOffset + offset, onlyUsage);
  }

  @Override
  public void present(AnswerField field) {
    switch (field) {
      case USAGE -> usageInEvent = true;
      case CHOICES -> choicesInEvent = true;
      case CHOICE -> {
        choiceInEvent = true;
        text.choiceBegins();
      }
      case REASONING_TEXT -> reasoningShown = true;
      default -> {}
    }
  }

  @Override
  public void ended(AnswerField field) {
    switch (field) {
      case INPUT_PART -> part.end(AnswerField.AUDIO_INPUT_TOKENS, reported);
      case OUTPUT_PART -> part.end(AnswerField.AUDIO_OUTPUT_TOKENS, reported);
      default -> {}
    }
  }

  @Override
  public void captured(AnswerField field, byte[] bytes, int from, int to) {
    if (from == to || (field == AnswerField.MODEL && model != null)) {
      return;
    }
    String value = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    switch (field) {
      case MODEL -> model = value;
      case EVENT_TYPE -> closingEvent |= CLOSING_EVENTS.contains(value);
      case FINISH_REASON -> finish(value, false);
      case LAST_FINISH_REASON -> finish(value, true);
      case PART_MODALITY -> part.modality(value);
      default -> {}
    }
  }

  private void finish(String reason, boolean closes) {
    if (!NOT_FINISHED.contains(reason)) {
      finishReason = reason;
      closingEvent |= closes;
    }
  }

  @Override
  public void number(AnswerField field, long value) {
    switch (field) {
      case PART_TOKENS -> part.tokens(value);
      case CHOICE_INDEX -> text.choiceIs(value);
      default -> reported.report(field, value);
    }
  }

  @Override
  public void flag(AnswerField field, boolean value) {
    if (field == AnswerField.DONE) {
      moreToCome = !value;
    }
  }

  /** Whether the bytes so far are a stream of events, or may still turn out to be one. */
  boolean mayHaveEvents() {
    return format == Format.UNKNOWN || format == Format.EVENTS;
  }

  long bytesRead() {
    return bytesRead;
  }

  /** Whether the event in progress has shown a choice, and so carries more than usage. */
  boolean eventHasChoice() {
    return choiceInEvent;
  }

  ReportedUsage reported() {
    return reported;
  }

  /** The text that the model wrote, shown reasoning included. */
  AnswerText text() {
    return text;
  }

  /** Whether reasoning, where there was some, is part of {@link #text()}. */
  boolean reasoningShown() {
    return reasoningShown;
  }

  @Nullable String model() {
    return model;
  }

  @Nullable String finishReason() {
    return finishReason;
  }

  /** Whether the answer came to its end. */
  boolean complete() {
    return mayHaveEvents() ? events.done() || closingEvent : json.closed() && !moreToCome;
  }
}
