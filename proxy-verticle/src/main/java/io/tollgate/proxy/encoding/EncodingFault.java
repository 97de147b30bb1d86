package io.tollgate.proxy.encoding;

/** Bytes that are not what their encoding says, or are more than they may become. */
final class EncodingFault extends Exception {
  EncodingFault(String message) {
    super(message, null, false, false);
  }
}
