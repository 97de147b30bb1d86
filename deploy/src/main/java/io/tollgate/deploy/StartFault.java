package io.tollgate.deploy;

/**
 * Why the node does not start, in one line for whoever started it. Carries no stack trace: it is
 * about the surroundings, not about the program.
 */
final class StartFault extends Exception {
  private static final long serialVersionUID = 1;

  StartFault(String message) {
    super(message, null, false, false);
  }
}
