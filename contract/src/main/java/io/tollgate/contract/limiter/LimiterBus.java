package io.tollgate.contract.limiter;

import io.tollgate.contract.Role;
import io.tollgate.contract.bus.Address;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** {@link LimiterService} over the bus: its addresses, a client, and the binding of a service. */
public final class LimiterBus {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  static final Address<AdmitRequest, Admission> ADMIT =
      address("admit", AdmitRequest.class, Admission.class);
  static final Address<UsageEvent, Acknowledged> SETTLE =
      address("settle", UsageEvent.class, Acknowledged.class);
  static final Address<Renewal, Renewed> RENEW = address("renew", Renewal.class, Renewed.class);

  public static final List<Address<?, ?>> ADDRESSES = List.of(ADMIT, SETTLE, RENEW);

  private LimiterBus() {}

  /**
   * @param timeout for each attempt; longer than the limiter waits for its slowest store
   */
  public static LimiterService client(BusClient bus, Duration timeout) {
    Address<AdmitRequest, Admission> admit = ADMIT.within(timeout);
    Address<UsageEvent, Acknowledged> settle = SETTLE.within(timeout);
    Address<Renewal, Renewed> renew = RENEW.within(timeout);
    return new LimiterService() {
      @Override
      public Future<Admission> admit(AdmitRequest request) {
        return bus.request(admit, request);
      }

      @Override
      public Future<Acknowledged> settle(UsageEvent event) {
        return bus.request(settle, event);
      }

      @Override
      public Future<Renewed> renew(Renewal renewal) {
        return bus.request(renew, renewal);
      }
    };
  }

  public static Future<Void> bind(BusServer server, LimiterService service) {
    return Future.all(
            server.serve(ADMIT, service::admit),
            server.serve(SETTLE, service::settle),
            server.serve(RENEW, service::renew))
        .mapEmpty();
  }

  private static <Q extends Record, R> Address<Q, R> address(
      String verb, Class<Q> request, Class<R> reply) {
    return new Address<>(
        "tollgate.limiter." + verb, Role.LIMITER, request, reply, DEFAULT_TIMEOUT, true);
  }
}
