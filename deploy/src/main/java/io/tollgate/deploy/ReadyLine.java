package io.tollgate.deploy;

import io.tollgate.contract.Role;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.TlsListen;
import io.tollgate.contract.config.TollgateConfig;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.StringJoiner;

/** Says that the node serves, where, and how long that took. */
final class ReadyLine {
  private ReadyLine() {}

  static String of(TollgateConfig config, NodeRoles roles) {
    StringJoiner where = new StringJoiner(", ");
    if (roles.has(Role.PROXY)) {
      where.add("http " + config.proxy().http().host() + ":" + config.proxy().http().port());
      TlsListen https = config.proxy().https();
      if (https != null) {
        where.add("https " + https.host() + ":" + https.port());
      }
    }
    LimiterHttp limiterHttp = config.limiterHttp();
    if (roles.has(Role.LIMITER) && limiterHttp != null) {
      Listen listen = limiterHttp.listen();
      where.add("limiter_http " + listen.host() + ":" + listen.port());
    }
    if (roles.has(Role.ADMIN)) {
      where.add("admin " + config.admin().host() + ":" + config.admin().port());
    }
    return "Tollgate %s: node %s is ready after %s%s"
        .formatted(
            Version.text(),
            config.node().name(),
            elapsed(),
            where.length() == 0 ? "" : ": " + where);
  }

  /** Since the JVM was started. */
  static String elapsed() {
    long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
