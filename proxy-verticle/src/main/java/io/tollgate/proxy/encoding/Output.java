package io.tollgate.proxy.encoding;

/** Takes bytes that an encoding was undone of. */
interface Output {
  /** The bytes are only valid during the call. */
  void take(byte[] bytes, int from, int to) throws EncodingFault;
}
