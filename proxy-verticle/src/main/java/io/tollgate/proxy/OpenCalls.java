package io.tollgate.proxy;

import io.tollgate.contract.hold.Lease;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewal.OpenRequest;
import io.tollgate.contract.usage.Renewed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

  /** Streams that may reach their limit before the next renewal are renewed so much oftener. */
  private static final int NEAR_PER_INTERVAL = 10;

  private static final long NEAR_INTERVAL_MILLIS =
      Lease.RENEWAL_INTERVAL.toMillis() / NEAR_PER_INTERVAL;

  private record Open(AdmittedCall call, Supplier<TokenUsage> soFar) {
    StopLine line() {
      return call.holdings().stopLine();
    }

    Stream<Sent> forLimiter() {
      Holdings held = call.holdings();
      Sent first = new Sent(held, request(held.limitHolds(), List.of()));
      Stay there = held.elsewhere();
      return there == null
          ? Stream.of(first)
          : Stream.of(
              first,
              new Sent(
                  held,
                  new OpenRequest(there.holder(), soFar.get(), there.limitHolds(), List.of())));
    }

    Stream<Sent> forQuota() {
      return Stream.of(new Sent(call.holdings(), request(List.of(), call.holdings().quotaHolds())));
    }

    private OpenRequest request(List<LimitHold> limitHolds, List<QuotaHold> quotaHolds) {
      long inVain = call.holdings().tab().size() * call.forecast().estimate().promptTokens();
      return new OpenRequest(
          call.holdings().holder(), soFar.get().plusPrompt(inVain), limitHolds, quotaHolds);
    }
  }

  /** A part of an open call that one of the two is told. */
  private record Sent(Holdings held, OpenRequest request) {}

  private final Vertx vertx;
  private final Lane limiter;
  private final Lane quota;
  private final long timer;
  private final Map<String, Open> open = new HashMap<>();
  private int ticks;

  OpenCalls(Vertx vertx, LimiterService limiter, QuotaService quota) {
    this.vertx = vertx;
    this.limiter = new Lane("limiter", limiter::renew, OpenRequest::limitHolds, Open::forLimiter);
    this.quota = new Lane("quota", quota::renew, OpenRequest::quotaHolds, Open::forQuota);
    this.timer = vertx.setPeriodic(NEAR_INTERVAL_MILLIS, id -> tick());
  }

  /**
   * Also changes how the tokens of an open call are counted.
   *
   * @param soFar prompt and output up to now
   */
  void put(AdmittedCall call, Supplier<TokenUsage> soFar) {
    if (call.holdsTokens()) {
      open.put(call.holdings().holder(), new Open(call, soFar));
    }
  }

  void remove(AdmittedCall call) {
    open.remove(call.holdings().holder());
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  private void tick() {
    boolean renewsAll = ++ticks % NEAR_PER_INTERVAL == 0;
    limiter.tick(open.values(), renewsAll);
    quota.tick(open.values(), renewsAll);
  }

  /** To one of the two who hold. While it has not answered, it is not told more. */
  private static final class Lane {
    private final String name;
    private final Function<Renewal, Future<Renewed>> delivery;
    private final Function<OpenRequest, List<? extends Record>> holds;
    private final Function<Open, Stream<Sent>> form;
    private final RareLog failures = new RareLog(log);
    private boolean busy;

    /** Whether an interval has passed since all were renewed. */
    private boolean owesAll;

    Lane(
        String name,
        Function<Renewal, Future<Renewed>> delivery,
        Function<OpenRequest, List<? extends Record>> holds,
        Function<Open, Stream<Sent>> form) {
      this.name = name;
      this.delivery = delivery;
      this.holds = holds;
      this.form = form;
    }

    void tick(Collection<Open> open, boolean renewsAll) {
      owesAll |= renewsAll;
      if (!busy) {
        boolean all = owesAll;
        owesAll = false;
        renew(open.stream().filter(each -> all || each.line().isNear()));
      }
    }

    private void renew(Stream<Open> due) {
      List<Sent> sent =
          due.flatMap(form).filter(each -> !holds.apply(each.request()).isEmpty()).toList();
      if (sent.isEmpty()) {
        return;
      }
      sent.forEach(each -> each.held().stopLine().asked(holds.apply(each.request())));
      busy = true;
      delivery
          .apply(new Renewal(sent.stream().map(Sent::request).toList()))
          .onSuccess(renewed -> tell(sent, renewed))
          .onFailure(
              fault -> failures.warn("the " + name + " did not renew: {}", fault.getMessage()))
          .onComplete(answer -> busy = false);
    }

    /** To those that have ended or moved meanwhile it makes no difference. */
    private void tell(List<Sent> sent, Renewed renewed) {
      for (Sent each : sent) {
        List<Long> left = renewed.left().get(each.request().requestId());
        if (left != null) {
          OpenRequest request = each.request();
          each.held()
              .stopLine()
              .renewed(holds.apply(request), left, request.soFar(), System.nanoTime());
        }
      }
    }
  }
}
