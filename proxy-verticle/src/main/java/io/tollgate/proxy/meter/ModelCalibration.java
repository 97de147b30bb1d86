package io.tollgate.proxy.meter;

/** What was learned about one model's tokens; prompts and answers differ in kind of text. */
final class ModelCalibration {
  private static final long TOKENS_PER_MESSAGE = 4;

  private final TextCalibration prompts = new TextCalibration();
  private final TextCalibration outputs = new TextCalibration();

  long promptTokens(PromptSize prompt) {
    return fixedTokens(prompt) + prompts.tokens(prompt.asciiCharacters(), prompt.otherCharacters());
  }

  /** Attachments cost tokens that say nothing about the text. */
  void learnPrompt(PromptSize prompt, long exactTokens) {
    if (prompt.attachments() == 0) {
      long textTokens = exactTokens - fixedTokens(prompt);
      prompts.learn(prompt.asciiCharacters(), prompt.otherCharacters(), textTokens);
    }
  }

  private static long fixedTokens(PromptSize prompt) {
    return prompt.tokenIds() + TOKENS_PER_MESSAGE * prompt.messages();
  }

  TextCalibration output() {
    return outputs;
  }
}
