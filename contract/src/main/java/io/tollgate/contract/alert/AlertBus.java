package io.tollgate.contract.alert;

import io.tollgate.contract.Role;
import io.tollgate.contract.bus.Address;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.usage.Acknowledged;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** {@link AlertService} over the bus: one node with the admin role takes each alert. */
public final class AlertBus {
  static final Address<Alert, Acknowledged> RAISE =
      new Address<>(
          "tollgate.alert.raise",
          Role.ADMIN,
          Alert.class,
          Acknowledged.class,
          Duration.ofSeconds(2),
          true);

  public static final List<Address<?, ?>> ADDRESSES = List.of(RAISE);

  private AlertBus() {}

  public static AlertService client(BusClient bus) {
    return alert -> bus.request(RAISE, alert);
  }

  public static Future<Void> bind(BusServer server, AlertService service) {
    return server.serve(RAISE, service::raise);
  }
}
