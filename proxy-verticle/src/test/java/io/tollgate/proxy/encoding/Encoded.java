package io.tollgate.proxy.encoding;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** The ways in which servers encode bodies. */
public enum Encoded {
  PLAIN(""),
  GZIP("gzip"),
  /** After every event what there is of it is sent. */
  GZIP_FLUSHED("gzip"),
  GZIP_IN_MEMBERS("x-gzip"),
  GZIP_WITH_ALL_FIELDS("gzip"),
  ZLIB("deflate"),
  BARE_DEFLATE("deflate"),
  BROTLI("br"),
  DEFLATED_BROTLI("br, deflate");

  private final String header;

  Encoded(String header) {
    this.header = header;
  }

  /** The value of {@code content-encoding}; empty for a plain body. */
  public String header() {
    return header;
  }

  public Buffer of(String text) {
    return Buffer.buffer(encode(Buffer.buffer(text).getBytes()));
  }

  public byte[] encode(byte[] plain) {
    try {
      return switch (this) {
        case PLAIN -> plain;
        case GZIP -> gzip(plain, plain.length);
        case GZIP_FLUSHED -> gzip(plain, 100);
        case GZIP_IN_MEMBERS -> members(plain);
        case GZIP_WITH_ALL_FIELDS -> withAllFields(gzip(plain, plain.length));
        case ZLIB -> deflate(plain, false);
        case BARE_DEFLATE -> deflate(plain, true);
        case BROTLI -> brotli(plain);
        case DEFLATED_BROTLI -> deflate(brotli(plain), false);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gzip(byte[] plain, int flushEvery) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes, 512, true)) {
      for (int from = 0; from < plain.length; from += flushEvery) {
        gzip.write(plain, from, Math.min(flushEvery, plain.length - from));
        gzip.flush();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] members(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int half = plain.length / 2;
    bytes.write(gzip(Arrays.copyOf(plain, half), plain.length));
    bytes.write(gzip(new byte[0], 1));
    bytes.write(gzip(Arrays.copyOfRange(plain, half, plain.length), plain.length));
    return bytes.toByteArray();
  }

  private static byte[] withAllFields(byte[] gzip) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(gzip, 0, 3);
    header.write(0b11111);
    header.write(gzip, 4, 6);
    header.write(new byte[] {3, 0, 'a', 'b', 0});
    header.write(new byte[] {'n', 'a', 'm', 'e', 0, 'c', 0});
    CRC32 check = new CRC32();
    check.update(header.toByteArray());
    header.write((int) check.getValue());
    header.write((int) (check.getValue() >>> 8));
    header.write(gzip, 10, gzip.length - 10);
    return header.toByteArray();
  }

  private static byte[] deflate(byte[] plain, boolean bare) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, bare);
    try (OutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(plain);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  private static byte[] brotli(byte[] plain) throws IOException {
    Brotli4jLoader.ensureAvailability();
    return Encoder.compress(plain);
  }
}
