package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Listen;
import java.util.regex.Pattern;

/** {@code host} and {@code port} of something that listens. */
final class ListenReader {
  static final int HIGHEST_PORT = 65_535;

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}");

  private ListenReader() {}

  /** Port 0 stands for any free one. */
  static Listen read(Section section, String hostOrElse, int portOrElse) {
    Value host = section.value("host");
    return new Listen(
        host.isAbsent() ? hostOrElse : host.text(HOST, "an address of this machine, or 0.0.0.0"),
        section.value("port").number(0, HIGHEST_PORT, portOrElse));
  }
}
