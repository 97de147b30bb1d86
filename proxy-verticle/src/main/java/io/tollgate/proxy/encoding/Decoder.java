package io.tollgate.proxy.encoding;

/** Undoes one encoding of one body, fed with pieces of any size. Has to be closed. */
interface Decoder extends AutoCloseable {
  /** Hands on at once what the bytes so far give. Not called again after a fault. */
  void decode(byte[] bytes, int from, int to) throws EncodingFault;

  /** Whether the body may end here. What comes after its end is ignored. */
  boolean ended();

  @Override
  void close();
}
