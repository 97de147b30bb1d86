package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.AdminConfig;
import io.tollgate.contract.config.ClusterConfig;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.ProxyConfig;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** No two of a node's listeners on one port. */
final class PortCheck {
  private final Section file;
  private final Map<Integer, String> users = new HashMap<>();

  private PortCheck(Section file) {
    this.file = file;
  }

  static void check(
      Section file,
      ProxyConfig proxy,
      AdminConfig admin,
      @Nullable ClusterConfig cluster,
      @Nullable LimiterHttp limiterHttp) {
    PortCheck ports = new PortCheck(file);
    ports.take(proxy.http().port(), "proxy.http.port");
    if (proxy.https() != null) {
      ports.take(proxy.https().port(), "proxy.https.port");
    }
    ports.take(admin.port(), "admin.port");
    if (cluster != null) {
      ports.take(cluster.port(), "cluster.port");
    }
    if (limiterHttp != null) {
      ports.take(limiterHttp.listen().port(), "limiter_http.port");
    }
  }

  private void take(int port, String user) {
    String first = port == 0 ? null : users.putIfAbsent(port, user);
    if (first != null) {
      file.faultAt(user, port + ", which is " + first, "a port of its own");
    }
  }
}
