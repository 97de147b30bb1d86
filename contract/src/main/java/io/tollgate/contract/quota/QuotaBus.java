package io.tollgate.contract.quota;

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

/** {@link QuotaService} over the bus: its addresses, a client, and the binding of a service. */
public final class QuotaBus {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  static final Address<ReserveRequest, Reservation> RESERVE =
      address("reserve", ReserveRequest.class, Reservation.class, true);
  static final Address<UsageEvent, Acknowledged> SETTLE =
      address("settle", UsageEvent.class, Acknowledged.class, true);
  static final Address<Renewal, Renewed> RENEW =
      address("renew", Renewal.class, Renewed.class, true);
  static final Address<AccountQuery, Accounts> QUERY =
      address("query", AccountQuery.class, Accounts.class, true);
  static final Address<AuditQuery, AuditTrail> AUDIT =
      address("audit", AuditQuery.class, AuditTrail.class, true);
  static final Address<AccountChange, Accounts> CHANGE =
      address("change", AccountChange.class, Accounts.class, false);

  public static final List<Address<?, ?>> ADDRESSES =
      List.of(RESERVE, SETTLE, RENEW, QUERY, AUDIT, CHANGE);

  private QuotaBus() {}

  /**
   * @param timeout for each attempt; longer than the quota service waits for its slowest store
   */
  public static QuotaService client(BusClient bus, Duration timeout) {
    Address<ReserveRequest, Reservation> reserve = RESERVE.within(timeout);
    Address<UsageEvent, Acknowledged> settle = SETTLE.within(timeout);
    Address<Renewal, Renewed> renew = RENEW.within(timeout);
    Address<AccountQuery, Accounts> query = QUERY.within(timeout);
    Address<AuditQuery, AuditTrail> audit = AUDIT.within(timeout);
    Address<AccountChange, Accounts> change = CHANGE.within(timeout);
    return new QuotaService() {
      @Override
      public Future<Reservation> reserve(ReserveRequest request) {
        return bus.request(reserve, request);
      }

      @Override
      public Future<Acknowledged> settle(UsageEvent event) {
        return bus.request(settle, event);
      }

      @Override
      public Future<Renewed> renew(Renewal renewal) {
        return bus.request(renew, renewal);
      }

      @Override
      public Future<Accounts> query(AccountQuery question) {
        return bus.request(query, question);
      }

      @Override
      public Future<AuditTrail> audit(AuditQuery question) {
        return bus.request(audit, question);
      }

      @Override
      public Future<Accounts> change(AccountChange order) {
        return bus.request(change, order);
      }
    };
  }

  public static Future<Void> bind(BusServer server, QuotaService service) {
    return Future.all(
            server.serve(RESERVE, service::reserve),
            server.serve(SETTLE, service::settle),
            server.serve(RENEW, service::renew),
            server.serve(QUERY, service::query),
            server.serve(AUDIT, service::audit),
            server.serve(CHANGE, service::change))
        .mapEmpty();
  }

  private static <Q extends Record, R> Address<Q, R> address(
      String verb, Class<Q> request, Class<R> reply, boolean repeatable) {
    return new Address<>(
        "tollgate.quota." + verb, Role.QUOTA, request, reply, DEFAULT_TIMEOUT, repeatable);
  }
}
