package io.tollgate.proxy.meter;

/**
 * How many tokens one model makes of text, as learned from exact answers. Prompts and answers
 * differ in kind of text, so each has rates of its own, for two measures: characters, which are
 * known at once, and tokens of the family's vocabulary, which come nearer but take time to count.
 */
final class ModelCalibration {
  /** OpenAI's own numbers: for each message, for a name in one, and for the answer to begin. */
  private static final long FRAMING_OF_MESSAGE = 3;

  private static final long FRAMING_OF_NAME = 1;
  private static final long FRAMING_OF_ANSWER = 3;

  /** What OpenAI's models make of a picture of 1024 by 1024 points. */
  private static final double USUAL_ATTACHMENT_TOKENS = 765;

  /** What stands behind the text of a document: the reason of its end, its usage. */
  private static final long USUAL_BYTES_AFTER_TEXT = 250;

  private static final double LEARNING_RATE = 0.2;

  /** Shorter answers say more about framing than about rates. */
  private static final int LEAST_TOKENS_TO_LEARN_FROM = 8;

  /** Lessons that cost a count of tokens: each of the first ones, then one of so many. */
  private static final int FIRST_LESSONS = 32;

  private static final int LESSON_INTERVAL = 64;

  private final ModelFamily family;
  private final LinearFit promptCharacters;
  private final LinearFit outputCharacters;
  private final LinearFit promptTokens;
  private final LinearFit outputTokens;
  private double attachmentTokens = USUAL_ATTACHMENT_TOKENS;
  private double documentOverhead;
  private int answers;

  ModelCalibration(ModelFamily family) {
    this.family = family;
    double ascii = family.tokensPerAscii();
    double other = family.tokensPerOther();
    double reference = family.tokensPerReference();
    promptCharacters =
        new LinearFit(new double[] {ascii, other, 4, 3}, new double[] {30, 30, 8, 3});
    outputCharacters = new LinearFit(new double[] {ascii, other}, new double[] {30, 30});
    promptTokens =
        new LinearFit(new double[] {reference, reference, 3, 3}, new double[] {60, 60, 6, 3});
    outputTokens = new LinearFit(new double[] {reference, reference}, new double[] {60, 60});
  }

  ModelFamily family() {
    return family;
  }

  /** By its characters. */
  long promptTokens(PromptSize prompt) {
    return Math.round(attachmentTokens * prompt.attachments())
        + prompt.tokenIds()
        + (long) Math.ceil(promptCharacters.tokens(amounts(prompt)));
  }

  /** By its tokens in the family's vocabulary. */
  long promptTokens(CountedPrompt counted, int attachments) {
    PromptText prompt = counted.prompt();
    long pictures = Math.round(attachmentTokens * attachments);
    if (!family.isExact()) {
      return pictures + prompt.tokenIds() + Math.round(promptTokens.tokens(amounts(counted)));
    }
    long framing =
        FRAMING_OF_MESSAGE * prompt.messages()
            + FRAMING_OF_NAME * prompt.names()
            + (prompt.messages() > 0 ? FRAMING_OF_ANSWER : 0);
    return pictures + prompt.tokenIds() + framing + counted.tokens().sum();
  }

  /** By their characters. */
  long outputTokens(long asciiCharacters, long otherCharacters) {
    return (long) Math.ceil(outputCharacters.tokens(asciiCharacters, otherCharacters));
  }

  /** By their number in the family's vocabulary. */
  long outputTokens(TextTokens text) {
    return family.isExact()
        ? text.sum()
        : Math.round(outputTokens.tokens(text.ascii(), text.other()));
  }

  void learnPrompt(PromptSize prompt, long exactTokens) {
    if (prompt.attachments() == 0) {
      promptCharacters.learn(exactTokens - prompt.tokenIds(), amounts(prompt));
      return;
    }
    double others =
        (double) (exactTokens - promptTokens(prompt)) + attachmentTokens * prompt.attachments();
    double each = Math.max(0, others / prompt.attachments());
    attachmentTokens += LEARNING_RATE * (each - attachmentTokens);
  }

  void learnOutput(long asciiCharacters, long otherCharacters, long exactTokens) {
    if (exactTokens >= LEAST_TOKENS_TO_LEARN_FROM) {
      outputCharacters.learn(exactTokens, asciiCharacters, otherCharacters);
    }
  }

  /**
   * @param bytes of a whole document that are no text
   */
  void learnOverhead(long bytes) {
    double known = documentOverhead == 0 ? bytes : documentOverhead;
    documentOverhead = known + LEARNING_RATE * (bytes - known);
  }

  /**
   * @param before bytes of a document before its text
   */
  long bytesAfterText(long before) {
    return documentOverhead == 0
        ? USUAL_BYTES_AFTER_TEXT
        : Math.max(0, Math.round(documentOverhead) - before);
  }

  /** Whether an exact answer that has come is worth a count of its tokens. */
  boolean wantsLesson() {
    if (family.isExact()) {
      return false;
    }
    answers++;
    return answers <= FIRST_LESSONS || answers % LESSON_INTERVAL == 0;
  }

  void learnPrompt(CountedPrompt counted, long exactTokens) {
    promptTokens.learn(exactTokens - counted.prompt().tokenIds(), amounts(counted));
  }

  void learnOutput(TextTokens text, long exactTokens) {
    if (exactTokens >= LEAST_TOKENS_TO_LEARN_FROM) {
      outputTokens.learn(exactTokens, text.ascii(), text.other());
    }
  }

  private static long[] amounts(PromptSize prompt) {
    int begins = prompt.messages() > 0 ? 1 : 0;
    return new long[] {
      prompt.asciiCharacters(), prompt.otherCharacters(), prompt.messages(), begins
    };
  }

  private static long[] amounts(CountedPrompt counted) {
    TextTokens text = counted.tokens();
    int messages = counted.prompt().messages();
    return new long[] {text.ascii(), text.other(), messages, messages > 0 ? 1 : 0};
  }
}
