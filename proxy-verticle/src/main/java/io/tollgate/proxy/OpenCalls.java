package io.tollgate.proxy;

import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewal.OpenRequest;
import io.tollgate.contract.usage.Renewed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one event loop that hold tokens. Keeps their holds alive, stamped with what they
 * have used so far, and tells those that must not run past it what is left.
 */
final class OpenCalls implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpenCalls.class);

  private record Open(AdmittedCall call, Supplier<TokenUsage> soFar) {
    Stream<OpenRequest> forLimiter() {
      OpenRequest first = new OpenRequest(call.holder(), soFar.get(), call.limitHolds(), List.of());
      ProviderHolds.Of there = call.providerHolds().current();
      return call.providerHolds().isElsewhere()
          ? Stream.of(first, new OpenRequest(there.holder(), soFar.get(), there.holds(), List.of()))
          : Stream.of(first);
    }

    Stream<OpenRequest> forQuota() {
      return Stream.of(new OpenRequest(call.holder(), soFar.get(), List.of(), call.quotaHolds()));
    }
  }

  private final Vertx vertx;
  private final Lane limiter;
  private final Lane quota;
  private final long timer;
  private final Map<String, Open> open = new HashMap<>();

  OpenCalls(Vertx vertx, LimiterService limiter, QuotaService quota) {
    this.vertx = vertx;
    this.limiter =
        new Lane(
            "limiter",
            limiter::renew,
            hold -> !hold.limitHolds().isEmpty(),
            Open::forLimiter,
            (open, left) -> open.call().stopLine().limitsRenewed(left));
    this.quota =
        new Lane(
            "quota",
            quota::renew,
            hold -> !hold.quotaHolds().isEmpty(),
            Open::forQuota,
            (open, left) -> open.call().stopLine().quotasRenewed(left));
    this.timer = vertx.setPeriodic(Lease.RENEWAL_INTERVAL.toMillis(), id -> renew());
  }

  /**
   * Also changes how the tokens of an open call are counted.
   *
   * @param soFar prompt and output up to now
   */
  void put(AdmittedCall call, Supplier<TokenUsage> soFar) {
    if (call.holdsTokens()) {
      open.put(call.holder(), new Open(call, soFar));
    }
  }

  void remove(AdmittedCall call) {
    open.remove(call.holder());
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  private void renew() {
    limiter.renew(open);
    quota.renew(open);
  }

  /** To one of the two who hold. While it has not answered, it is not told more. */
  private static final class Lane {
    private final String name;
    private final Function<Renewal, Future<Renewed>> delivery;
    private final Predicate<OpenRequest> holdsAny;
    private final Function<Open, Stream<OpenRequest>> form;
    private final BiConsumer<Open, List<Long>> left;
    private final RareLog failures = new RareLog(log);
    private boolean busy;

    Lane(
        String name,
        Function<Renewal, Future<Renewed>> delivery,
        Predicate<OpenRequest> holdsAny,
        Function<Open, Stream<OpenRequest>> form,
        BiConsumer<Open, List<Long>> left) {
      this.name = name;
      this.delivery = delivery;
      this.holdsAny = holdsAny;
      this.form = form;
      this.left = left;
    }

    void renew(Map<String, Open> open) {
      List<OpenRequest> requests = open.values().stream().flatMap(form).filter(holdsAny).toList();
      if (busy || requests.isEmpty()) {
        return;
      }
      busy = true;
      delivery
          .apply(new Renewal(requests))
          .onSuccess(renewed -> tell(open, renewed))
          .onFailure(
              fault -> failures.warn("the " + name + " did not renew: {}", fault.getMessage()))
          .onComplete(answer -> busy = false);
    }

    /** Those that have ended meanwhile are not open any more. */
    private void tell(Map<String, Open> open, Renewed renewed) {
      renewed
          .left()
          .forEach(
              (holder, more) -> {
                Open call = open.get(holder);
                if (call != null) {
                  left.accept(call, more);
                }
              });
    }
  }
}
