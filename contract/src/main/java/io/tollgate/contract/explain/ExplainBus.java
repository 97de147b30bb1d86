package io.tollgate.contract.explain;

import io.tollgate.contract.Role;
import io.tollgate.contract.bus.Address;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.quota.ReserveRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** {@link LimitExplainer} and {@link QuotaExplainer} over the bus. */
public final class ExplainBus {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  static final Address<AdmitRequest, LimitsView> LIMITS =
      new Address<>(
          "tollgate.limiter.explain",
          Role.LIMITER,
          AdmitRequest.class,
          LimitsView.class,
          DEFAULT_TIMEOUT,
          true);
  static final Address<ReserveRequest, BalancesView> BALANCES =
      new Address<>(
          "tollgate.quota.explain",
          Role.QUOTA,
          ReserveRequest.class,
          BalancesView.class,
          DEFAULT_TIMEOUT,
          true);

  public static final List<Address<?, ?>> ADDRESSES = List.of(LIMITS, BALANCES);

  private ExplainBus() {}

  /**
   * @param timeout for each attempt; longer than the limiter waits for its slowest store
   */
  public static LimitExplainer limits(BusClient bus, Duration timeout) {
    Address<AdmitRequest, LimitsView> address = LIMITS.within(timeout);
    return request -> bus.request(address, request);
  }

  /**
   * @param timeout for each attempt; longer than the quota service waits for its slowest store
   */
  public static QuotaExplainer balances(BusClient bus, Duration timeout) {
    Address<ReserveRequest, BalancesView> address = BALANCES.within(timeout);
    return request -> bus.request(address, request);
  }

  public static Future<Void> bindLimits(BusServer server, LimitExplainer explainer) {
    return server.serve(LIMITS, explainer::explain);
  }

  public static Future<Void> bindBalances(BusServer server, QuotaExplainer explainer) {
    return server.serve(BALANCES, explainer::explain);
  }
}
