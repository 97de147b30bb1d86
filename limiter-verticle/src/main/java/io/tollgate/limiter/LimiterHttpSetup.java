package io.tollgate.limiter;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.store.RedisLink;

/**
 * What the instances that serve the limiter's own port share. Made once for a node; thread-safe.
 * Where it listens and its store are those that it was made with; its rules follow the
 * configuration.
 */
public final class LimiterHttpSetup {
  private final LimiterHttp first;
  private final Live<AsmTariff> tariff;
  private final AsmMetrics metrics;

  LimiterHttpSetup(LimiterHttp first, Live<AsmTariff> tariff, MeterRegistry meters) {
    this.first = first;
    this.tariff = tariff;
    this.metrics = new AsmMetrics(meters);
  }

  /**
   * @param first the section of that name when the node starts, whose rules stay when the section
   *     goes
   */
  public static LimiterHttpSetup of(LimiterHttp first, LiveConfig config, MeterRegistry meters) {
    Live<AsmTariff> tariff =
        config.view(
            each -> {
              LimiterHttp http = each.limiterHttp();
              return AsmTariff.of(http == null ? first : http, AsmNames.in(each, first.store()));
            });
    return new LimiterHttpSetup(first, tariff, meters);
  }

  Listen listen() {
    return first.listen();
  }

  /** The id of its Redis. */
  String store() {
    return first.store();
  }

  /** The interface on one event loop. */
  AsmEndpoints endpoints(RedisLink link) {
    AsmLimiter limiter = new AsmLimiter(tariff, link);
    return new AsmEndpoints(
        new RateLimitEndpoint(limiter, tariff, metrics),
        new UpdateEndpoint(limiter, tariff, metrics));
  }
}
