package io.tollgate.proxy.meter;

/** The text of a prompt with its tokens in some vocabulary, framing apart. */
record CountedPrompt(PromptText prompt, TextTokens tokens) {
  /** Takes time in proportion to the request: not for event loops. */
  static CountedPrompt of(RequestBody request, boolean spoken, ModelFamily family) {
    PromptText prompt = PromptText.of(request.bytes().getBytes(), spoken);
    return new CountedPrompt(prompt, new Tokenizer(family).count(prompt.texts()));
  }
}
