package io.tollgate.proxy.meter;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what matters for the bill out of one answer as its bytes pass: a JSON document or a stream
 * of server-sent events, told apart by the first byte. What it finds does not depend on how the
 * bytes are cut into chunks, and its memory does not grow with them.
 */
final class UsageReader implements AnswerSink, EventScanner.EventSink {
  private static final Set<String> CLOSING_EVENTS =
      Set.of("message_stop", "response.completed", "response.incomplete", "response.failed");
  private static final Set<String> NOT_FINISHED = Set.of("in_progress", "queued");

  private enum Format {
    UNKNOWN,
    DOCUMENT,
    EVENTS
  }

  private final byte[] window;
  private final TextCount text = new TextCount();
  private final JsonScanner json = new JsonScanner(this, text);
  private final EventScanner events = new EventScanner(this);
  private final ReportedUsage reported = new ReportedUsage();

  private Format format = Format.UNKNOWN;
  private EventBoundary boundary = EventBoundary.NONE;
  private int windowOffset;
  private boolean choicesInEvent;
  private boolean choiceInEvent;
  private boolean usageInEvent;
  private boolean reasoningShown;
  private boolean closingEvent;
  private @Nullable String model;
  private @Nullable String finishReason;

  /**
   * @param window scratch space, free between calls
   */
  UsageReader(byte[] window) {
    this.window = window;
  }

  void read(Buffer chunk, EventBoundary eventBoundary) {
    boundary = eventBoundary;
    int length = chunk.length();
    for (windowOffset = 0; windowOffset < length; windowOffset += window.length) {
      int size = Math.min(window.length, length - windowOffset);
      chunk.getBytes(windowOffset, windowOffset + size, window, 0);
      scan(size);
    }
  }

  private void scan(int size) {
    int start = 0;
    while (format == Format.UNKNOWN && start < size) {
      if (isBlankOrMark(window[start])) {
        start++;
      } else {
        format = window[start] == '{' ? Format.DOCUMENT : Format.EVENTS;
      }
    }
    if (format == Format.DOCUMENT) {
      json.scan(window, start, size);
    } else if (format == Format.EVENTS) {
      events.scan(window, start, size);
    }
  }

  /** White space or a byte of the byte order mark. */
  private static boolean isBlankOrMark(byte b) {
    return (b >= 0 && b <= ' ') || b == (byte) 0xEF || b == (byte) 0xBB || b == (byte) 0xBF;
  }

  @Override
  public void data(byte[] bytes, int from, int to) {
    json.scan(bytes, from, to);
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
      case CHOICE -> choiceInEvent = true;
      case REASONING_TEXT -> reasoningShown = true;
      default -> {}
    }
  }

  @Override
  public void captured(AnswerField field, byte[] bytes, int from, int to) {
    if (field == AnswerField.MODEL && model != null) {
      return;
    }
    String value = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    switch (field) {
      case MODEL -> model = value;
      case EVENT_TYPE -> closingEvent |= CLOSING_EVENTS.contains(value);
      case FINISH_REASON -> finishReason = NOT_FINISHED.contains(value) ? finishReason : value;
      default -> {}
    }
  }

  @Override
  public void number(AnswerField field, long value) {
    reported.report(field, value);
  }

  /** Whether the bytes so far are a stream of events, or may still turn out to be one. */
  boolean mayHaveEvents() {
    return format != Format.DOCUMENT;
  }

  /** Whether the event in progress has shown a choice, and so carries more than usage. */
  boolean eventHasChoice() {
    return choiceInEvent;
  }

  ReportedUsage reported() {
    return reported;
  }

  /** The text that the model wrote, shown reasoning included. */
  TextCount text() {
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
    return format == Format.DOCUMENT ? json.closed() : events.done() || closingEvent;
  }
}
