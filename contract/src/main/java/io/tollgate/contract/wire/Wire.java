package io.tollgate.contract.wire;

import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.alert.AlertBus;
import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.bus.Address;
import io.tollgate.contract.bus.BusCodecs;
import io.tollgate.contract.config.RulesEdited;
import io.tollgate.contract.explain.ExplainBus;
import io.tollgate.contract.hold.StoreReplaced;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.limiter.ProviderHealth;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.share.RequestEnded;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** All operations and facts of Tollgate's services. */
public final class Wire {
  private Wire() {}

  /**
   * Makes the bus carry them. Called once for each Vert.x instance, before anything is deployed.
   *
   * @throws IllegalStateException when called a second time
   */
  public static void register(Vertx vertx) {
    List<Address<?, ?>> addresses = new ArrayList<>();
    addresses.addAll(AuthBus.ADDRESSES);
    addresses.addAll(LimiterBus.ADDRESSES);
    addresses.addAll(QuotaBus.ADDRESSES);
    addresses.addAll(AlertBus.ADDRESSES);
    addresses.addAll(ExplainBus.ADDRESSES);
    BusCodecs.register(
        vertx,
        addresses,
        List.of(
            StoreReplaced.TOPIC,
            RequestEnded.TOPIC,
            ProviderHealth.TOPIC,
            Alert.TOPIC,
            RulesEdited.TOPIC));
  }
}
