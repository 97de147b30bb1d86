package io.tollgate.proxy.meter;

/**
 * How much there is to read for the model in a request.
 *
 * @param asciiCharacters of text
 * @param otherCharacters of text, each Unicode character counted once
 * @param messages in a conversation, each of which costs a few tokens of framing
 * @param tokenIds tokens that were given as numbers
 * @param attachments images, audio and files, whose tokens can't be told from their bytes
 */
public record PromptSize(
    long asciiCharacters, long otherCharacters, int messages, long tokenIds, int attachments) {
  static final PromptSize NONE = new PromptSize(0, 0, 0, 0, 0);
}
