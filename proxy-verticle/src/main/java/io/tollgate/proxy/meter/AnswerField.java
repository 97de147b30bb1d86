package io.tollgate.proxy.meter;

/** What a value in an answer means to us, wherever its provider puts it. */
enum AnswerField {
  /** The name of the model that answers. */
  MODEL(Kind.CAPTURED),
  /** Why the model stopped. */
  FINISH_REASON(Kind.CAPTURED),
  /** The same, in a shape that marks its last event with nothing else. */
  LAST_FINISH_REASON(Kind.CAPTURED),
  /** What kind of event this is. */
  EVENT_TYPE(Kind.CAPTURED),
  /** Whether this is the last of several documents. */
  DONE(Kind.FLAG),
  /** Text that the model wrote. */
  TEXT(Kind.COUNTED),
  /** Text of the model's reasoning, where it is shown. */
  REASONING_TEXT(Kind.COUNTED),
  /** The list of choices of an OpenAI answer. */
  CHOICES(Kind.CONTAINER),
  /** One of them. */
  CHOICE(Kind.CONTAINER),
  /** Which of them it is. */
  CHOICE_INDEX(Kind.NUMBER),
  /** The usage at the top of an answer or event. */
  USAGE(Kind.CONTAINER),
  /** The whole input, cached tokens included. */
  PROMPT_TOKENS(Kind.NUMBER),
  /** The input; where tokens written to or read from a cache are reported, without these. */
  INPUT_TOKENS(Kind.NUMBER),
  CACHE_CREATION_TOKENS(Kind.NUMBER),
  CACHE_READ_TOKENS(Kind.NUMBER),
  /** What the provider's own tools gave the model to read; not part of the prompt's number. */
  TOOL_PROMPT_TOKENS(Kind.NUMBER),
  /** The part of the input that came from a cache and is already counted in it. */
  CACHED_TOKENS(Kind.NUMBER),
  /** The part of the input that went into a cache and is already counted in it. */
  CACHE_WRITTEN_TOKENS(Kind.NUMBER),
  /** The whole output, reasoning included. */
  COMPLETION_TOKENS(Kind.NUMBER),
  REASONING_TOKENS(Kind.NUMBER),
  /** The output without the model's thoughts. */
  CANDIDATES_TOKENS(Kind.NUMBER),
  /** The thoughts, which are reasoning and come on top of the candidates. */
  THOUGHTS_TOKENS(Kind.NUMBER),
  AUDIO_INPUT_TOKENS(Kind.NUMBER),
  AUDIO_OUTPUT_TOKENS(Kind.NUMBER),
  /** One part of the input or output of one modality, with the two fields below. */
  INPUT_PART(Kind.CONTAINER),
  OUTPUT_PART(Kind.CONTAINER),
  PART_MODALITY(Kind.CAPTURED),
  PART_TOKENS(Kind.NUMBER),
  TOTAL_TOKENS(Kind.NUMBER);

  /** What is done with the value's bytes. */
  enum Kind {
    /** A short string, kept. */
    CAPTURED,
    /** A string of any length, whose characters are counted. */
    COUNTED,
    /** An object or array whose beginning and end matter. */
    CONTAINER,
    /** A whole number. */
    NUMBER,
    /** True or false. */
    FLAG
  }

  private final Kind kind;

  AnswerField(Kind kind) {
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}
