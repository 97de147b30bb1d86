package io.tollgate.contract.auth;

import io.tollgate.contract.Role;
import io.tollgate.contract.bus.Address;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusServer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** {@link AuthService} over the bus: its addresses, a client, and the binding of a service. */
public final class AuthBus {
  static final Address<AuthRequest, Verdict> IDENTIFY =
      new Address<>(
          "tollgate.auth.identify",
          Role.AUTH,
          AuthRequest.class,
          Verdict.class,
          Duration.ofSeconds(1),
          true);

  public static final List<Address<?, ?>> ADDRESSES = List.of(IDENTIFY);

  private AuthBus() {}

  public static AuthService client(BusClient bus) {
    return request -> bus.request(IDENTIFY, request);
  }

  public static Future<Void> bind(BusServer server, AuthService service) {
    return server.serve(IDENTIFY, service::identify);
  }
}
