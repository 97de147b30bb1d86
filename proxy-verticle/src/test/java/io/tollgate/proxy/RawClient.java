package io.tollgate.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Speaks HTTP/1.1 byte by byte, for what no proper client would send. */
final class RawClient implements AutoCloseable {
  private static final int READ_LIMIT_MILLIS = 15_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(READ_LIMIT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends it all and reads until the other side closes. */
  static String exchange(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.write(request);
      return client.readAll();
    }
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  String readAll() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Reads on until the text has come, and returns all that came. */
  String readUntil(String text) throws IOException {
    StringBuilder read = new StringBuilder();
    char last = text.charAt(text.length() - 1);
    for (int next = in.read(); next >= 0; next = in.read()) {
      read.append((char) next);
      if (next == last && endsWith(read, text)) {
        return read.toString();
      }
    }
    throw new IOException("closed after " + read.length() + " bytes");
  }

  private static boolean endsWith(StringBuilder read, String text) {
    int start = read.length() - text.length();
    return start >= 0 && read.indexOf(text, start) == start;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
