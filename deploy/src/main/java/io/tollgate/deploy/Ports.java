package io.tollgate.deploy;

import io.tollgate.contract.Role;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.TlsListen;
import io.tollgate.contract.config.TollgateConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks whether the ports are free before anything is opened, so that the answer can be exact. */
final class Ports {
  private Ports() {}

  static void check(TollgateConfig config, NodeRoles roles) throws StartFault {
    if (roles.has(Role.PROXY)) {
      check(config.proxy().http().host(), config.proxy().http().port(), "proxy.http");
      TlsListen https = config.proxy().https();
      if (https != null) {
        check(https.host(), https.port(), "proxy.https");
      }
    }
    LimiterHttp limiterHttp = config.limiterHttp();
    if (roles.has(Role.LIMITER) && limiterHttp != null) {
      check(limiterHttp.listen().host(), limiterHttp.listen().port(), "limiter_http");
    }
    if (roles.has(Role.ADMIN)) {
      check(config.admin().host(), config.admin().port(), "admin");
    }
  }

  /**
   * @param section whose keys {@code host} and {@code port} they are
   */
  static void check(String host, int port, String section) throws StartFault {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw new StartFault(
          "port %d on %s can't be opened: %s; free it or set %s.port, for example with --set %s.port=%d"
              .formatted(port, host, e.getMessage(), section, section, port + 100));
    }
  }
}
