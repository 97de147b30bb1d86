package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.ClusterConfig;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code cluster}. */
final class ClusterReader {
  private static final int DEFAULT_PORT = 5701;
  private static final String MEMBERS = "a list of host:port, one for each node";
  private static final Pattern MEMBER =
      Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):(\\d{1,5})");

  private ClusterReader() {}

  static @Nullable ClusterConfig read(Value value) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section cluster = Section.optional(value)) {
      Value list = cluster.value("members");
      List<String> members =
          list.list(MEMBERS).stream().map(ClusterReader::member).distinct().toList();
      if (list.node().isArray() && members.isEmpty()) {
        list.fault(MEMBERS);
      }
      return new ClusterConfig(
          members, cluster.value("port").number(1, ListenReader.HIGHEST_PORT, DEFAULT_PORT));
    }
  }

  private static String member(Value value) {
    String allowed = "host:port, such as 10.0.0.1:5701";
    String member = value.text(MEMBER, allowed);
    Matcher form = MEMBER.matcher(member);
    if (form.matches()) {
      int port = Integer.parseInt(form.group(1));
      if (port < 1 || port > ListenReader.HIGHEST_PORT) {
        value.fault(allowed);
      }
    }
    return member;
  }
}
