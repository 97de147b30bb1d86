package io.tollgate.contract.config.reader;

import com.fasterxml.jackson.databind.node.TextNode;

/** A text that the environment had a part in; what it says may be a secret. */
final class EnvironmentText extends TextNode {
  private static final long serialVersionUID = 1;

  private final String template;
  private final boolean complete;

  /**
   * @param template the text as the file has it, with {@code ${NAME}} in it
   * @param complete whether all variables were there; when not, that has been reported
   */
  EnvironmentText(String template, String value, boolean complete) {
    super(value);
    this.template = template;
    this.complete = complete;
  }

  boolean isComplete() {
    return complete;
  }

  /** Tells where the text comes from, but not what it is. */
  String origin() {
    int length = textValue().length();
    return template + ", which is " + (length == 0 ? "empty" : "set to " + length + " characters");
  }
}
