package io.tollgate.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.usage.Outcome;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests, refusals, tokens and times. Labels are names from the configuration, or {@code
 * other}, or {@code none}. Shared by all event loops of a node.
 */
final class ProxyMetrics {
  private final Set<String> models;
  private final Live<Set<String>> consumers;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger unsettled = new AtomicInteger();
  private final MeterCache<Counter> requests;
  private final MeterCache<Counter> refusals;
  private final MeterCache<Counter> limitRefusals;
  private final MeterCache<Counter> wouldRefuse;
  private final MeterCache<Counter> tokens;
  private final MeterCache<Counter> tokenParts;
  private final MeterCache<Timer> firstToken;
  private final MeterCache<Timer> upstreamLatency;
  private final MeterCache<Timer> gatewayRequest;
  private final MeterCache<Counter> failedOpen;
  private final MeterCache<Counter> modelListFailures;
  private final MeterCache<Counter> unread;
  private final MeterCache<Counter> stopped;
  private final Counter retried;
  private final Counter dropped;

  ProxyMetrics(LiveConfig live, MeterRegistry registry) {
    TollgateConfig config = live.config();
    this.models = new ModelNames(config.providers()).all(config.routes());
    this.consumers = live.view(ProxyMetrics::consumers);
    Registration meters = new Registration(registry);
    this.requests =
        meters.counters(
            "tollgate.requests",
            "Requests by what was decided",
            "route",
            "model",
            "provider",
            "verdict",
            "status");
    this.refusals =
        meters.counters("tollgate.refusals", "Requests that were refused", "route", "rule", "code");
    this.limitRefusals =
        meters.counters(
            "tollgate.limit.refusals", "Requests that a limit has refused", "rule", "cause");
    this.wouldRefuse =
        meters.counters(
            "tollgate.limit.would.refuse",
            "Requests that a limit in shadow would have refused",
            "rule");
    this.tokens =
        meters.counters(
            "tollgate.tokens",
            "Tokens billed",
            "consumer",
            "provider",
            "model",
            "direction",
            "exact");
    this.tokenParts =
        meters.counters(
            "tollgate.token.parts",
            "Tokens billed that providers count apart",
            "provider",
            "model",
            "part");
    this.firstToken =
        meters.timers(
            "tollgate.first.token",
            "Time from a request's arrival to the first byte of its answer",
            "provider",
            "model");
    this.upstreamLatency =
        meters.timers(
            "tollgate.upstream.latency",
            "Time from forwarding a request to the end of its answer",
            "provider",
            "outcome");
    this.gatewayRequest =
        meters.timers("tollgate.gateway.request", "Time that whole requests took", "route");
    this.failedOpen =
        meters.counters(
            "tollgate.limit.failopen",
            "Requests that passed a limit unchecked because it could not be asked",
            "rule");
    this.modelListFailures =
        meters.counters(
            "tollgate.model.list.failures",
            "Lists of models that a provider did not give",
            "provider");
    this.unread =
        meters.counters(
            "tollgate.answers.unread",
            "Answers in an encoding that could not be undone, billed by estimate",
            "provider");
    this.stopped =
        meters.counters(
            "tollgate.streams.stopped",
            "Streams that were ended as a rule left no more for them",
            "route",
            "rule");
    this.retried =
        Counter.builder("tollgate.settlements.retried")
            .description("Deliveries of a settlement that were not confirmed and are repeated")
            .register(registry);
    this.dropped =
        Counter.builder("tollgate.settlements.dropped")
            .description("Settlements lost because there was no room for them")
            .register(registry);
    Gauge.builder("tollgate.open.requests", open, AtomicInteger::get)
        .description("Requests in progress")
        .register(registry);
    Gauge.builder("tollgate.settlements.pending", unsettled, AtomicInteger::get)
        .description("Settlements that are not confirmed yet")
        .register(registry);
  }

  void arrived() {
    open.incrementAndGet();
  }

  /** The one place where a request's end is counted. */
  void ended(CallNotes call) {
    open.decrementAndGet();
    String route = orNone(call.route);
    String provider = orNone(call.provider);
    String model = ModelNames.label(models, call.model);
    requests.of(route, model, provider, call.verdict, call.status / 100 + "xx").increment();
    gatewayRequest.of(route).record(call.endNanos - call.startNanos(), TimeUnit.NANOSECONDS);
    if (!call.verdict.equals(CallNotes.PASSED)) {
      refusals.of(route, orNone(call.rule), call.verdict).increment();
    }
    if (call.cause != null) {
      limitRefusals.of(orNone(call.rule), label(call.cause)).increment();
    }
    call.limitsThatWouldRefuse.forEach(rule -> wouldRefuse.of(rule).increment());
    if (call.forwardedNanos != 0 && call.provider != null) {
      upstreamLatency
          .of(provider, call.outcome())
          .record(call.endNanos - call.forwardedNanos, TimeUnit.NANOSECONDS);
    }
    if (call.firstByteNanos != 0) {
      firstToken
          .of(provider, model)
          .record(call.firstByteNanos - call.startNanos(), TimeUnit.NANOSECONDS);
    }
    if (call.unread != null) {
      unread.of(provider).increment();
    }
    Bill bill = call.bill;
    if (bill != null) {
      countTokens(call, bill, provider, model);
      if (bill.outcome() == Outcome.STOPPED) {
        stopped.of(route, orNone(call.rule)).increment();
      }
    }
  }

  void settlementAdded() {
    unsettled.incrementAndGet();
  }

  void settlementConfirmed() {
    unsettled.decrementAndGet();
  }

  void settlementsLeft(int unconfirmed) {
    unsettled.addAndGet(-unconfirmed);
  }

  void settlementRetried() {
    retried.increment();
  }

  void settlementDropped() {
    dropped.increment();
  }

  void modelListFailed(String provider) {
    modelListFailures.of(provider).increment();
  }

  void failedOpen(String rule) {
    failedOpen.of(rule).increment();
  }

  private void countTokens(CallNotes call, Bill bill, String provider, String model) {
    String consumer = ModelNames.label(consumers.now(), call.consumer);
    String exact = Boolean.toString(!bill.estimated());
    long input = bill.usage().promptTokens();
    if (input > 0) {
      tokens.of(consumer, provider, model, "input", exact).increment((double) input);
    }
    // A provider that only says a sum says nothing of directions: it counts as output.
    long output = bill.usage().billableTokens() - input;
    if (output > 0) {
      tokens.of(consumer, provider, model, "output", exact).increment((double) output);
    }
    countPart(provider, model, "cached", bill.usage().cached());
    countPart(provider, model, "cache_creation", bill.usage().cacheCreation());
    countPart(provider, model, "reasoning", bill.usage().reasoning());
    countPart(provider, model, "audio_input", bill.usage().audioInput());
    countPart(provider, model, "audio_output", bill.usage().audioOutput());
  }

  private void countPart(String provider, String model, String part, @Nullable Long count) {
    if (count != null && count > 0) {
      tokenParts.of(provider, model, part).increment((double) count);
    }
  }

  private static Set<String> consumers(TollgateConfig config) {
    return config.consumers().stream().map(ConsumerConfig::name).collect(Collectors.toSet());
  }

  static String label(Admission.Cause cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }

  private static String orNone(@Nullable String name) {
    return name == null ? ModelNames.NONE : name;
  }
}
