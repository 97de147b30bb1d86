package io.tollgate.limiter;

/** A request of the ASM interface that can't be served as it is; the message may be told. */
final class AsmFault extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  private AsmFault(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static AsmFault malformed(String message) {
    return new AsmFault(400, message);
  }

  static AsmFault tooLarge(String message) {
    return new AsmFault(413, message);
  }

  int status() {
    return status;
  }
}
