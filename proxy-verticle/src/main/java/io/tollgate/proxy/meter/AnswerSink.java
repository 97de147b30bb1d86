package io.tollgate.proxy.meter;

/** Takes what a {@link JsonScanner} finds. */
interface AnswerSink {
  /** A value of this meaning is there and is not null; its content may follow. */
  void present(AnswerField field);

  /** The object or array of this meaning has ended. */
  void ended(AnswerField field);

  /** A short string ended; the bytes are only valid during the call. */
  void captured(AnswerField field, byte[] bytes, int from, int to);

  /** A whole number ended. */
  void number(AnswerField field, long value);

  /** True or false ended. */
  void flag(AnswerField field, boolean value);
}
