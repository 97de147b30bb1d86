package io.tollgate.proxy.service;

/** What a service says to a request. */
public sealed interface Verdict {
  record Allowed() implements Verdict {}

  /**
   * @param description in the service's words
   */
  record Denied(String description) implements Verdict {}

  /**
   * It can't be asked, or its answer is none of those that the contract knows.
   *
   * @param reason for the log
   */
  record Broken(String reason) implements Verdict {}
}
