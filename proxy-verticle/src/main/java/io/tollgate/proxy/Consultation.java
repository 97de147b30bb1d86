package io.tollgate.proxy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.service.CallView;
import io.tollgate.proxy.service.LimitService;
import io.tollgate.proxy.service.Question;
import io.tollgate.proxy.service.Reports;
import io.tollgate.proxy.service.ServiceMetrics;
import io.tollgate.proxy.service.ServiceRule;
import io.tollgate.proxy.service.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the limiting service of a route about requests that limiter and quota let pass, and tells it
 * afterwards what they have used. What is held for a request that it refuses is given back.
 *
 * <p>Confined to one event loop.
 */
final class Consultation {
  private static final Logger log = LoggerFactory.getLogger(Consultation.class);
  private static final long RETRY_AFTER_MILLIS = 1000;

  private final Live<Map<String, ServiceRule>> rules;
  private final LimitService services;
  private final Reports reports;
  private final Ledger ledger;
  private final ProxyMetrics proxyMetrics;
  private final ServiceMetrics metrics;
  private final RareLog outages = new RareLog(log);

  private Consultation(
      Live<Map<String, ServiceRule>> rules,
      LimitService services,
      Reports reports,
      Ledger ledger,
      ProxyMetrics proxyMetrics,
      ServiceMetrics metrics) {
    this.rules = rules;
    this.services = services;
    this.reports = reports;
    this.ledger = ledger;
    this.proxyMetrics = proxyMetrics;
    this.metrics = metrics;
  }

  /** One for this event loop, with connections of its own, which {@link #close} gives up. */
  static Consultation with(
      Vertx vertx,
      MeterRegistry meters,
      Live<Map<String, ServiceRule>> rules,
      Ledger ledger,
      ProxyMetrics proxyMetrics) {
    ServiceMetrics metrics = new ServiceMetrics(meters);
    LimitService services = new LimitService(vertx);
    return new Consultation(
        rules, services, new Reports(vertx, services, metrics), ledger, proxyMetrics, metrics);
  }

  /** For each route of a configuration that has a service, by name. */
  static Map<String, ServiceRule> rulesOf(TollgateConfig config) {
    return config.routes().stream()
        .filter(route -> route.limitService() != null)
        .collect(Collectors.toUnmodifiableMap(RouteConfig::name, Consultation::rule));
  }

  Future<Step<ConsultedCall>> consult(AdmittedCall call) {
    ServiceRule rule = ruleFor(call);
    List<String> keys = rule == null ? List.of() : rule.keysOf(view(call));
    if (rule == null || keys.isEmpty()) {
      return Future.succeededFuture(Step.next(new ConsultedCall(call, null)));
    }
    Question question =
        new Question(
            rule.config(),
            call.routed().route().name(),
            call.holdings().holder(),
            keys,
            call.forecast().estimate());
    return services.ask(question).map(verdict -> decide(call, question, verdict));
  }

  /** The request has ended, and what it has used is known. */
  void report(ConsultedCall call) {
    Bill bill = call.admitted().inbound().notes().bill;
    if (call.question() != null && bill != null) {
      reports.add(call.question(), bill.usage());
    }
  }

  Future<Void> close(Duration limit) {
    return reports
        .drain(limit)
        .compose(
            drained -> {
              reports.close();
              return services.close();
            });
  }

  private Step<ConsultedCall> decide(AdmittedCall call, Question question, Verdict verdict) {
    metrics.asked(question.route(), verdict);
    return switch (verdict) {
      case Verdict.Allowed allowed -> Step.next(new ConsultedCall(call, question));
      case Verdict.Denied denied ->
          refuse(
              call,
              new Refusal.DeniedByService(
                  denied.description(),
                  question.service().rejectedCode(),
                  question.service().rejectedMessage()));
      case Verdict.Broken broken -> broken(call, question, broken);
    };
  }

  private Step<ConsultedCall> broken(AdmittedCall call, Question question, Verdict.Broken broken) {
    if (question.service().failOpen()) {
      outages.warn("requests pass, as a limiting service does not answer: {}", broken.reason());
      proxyMetrics.failedOpen(ServiceRule.NAME);
      return Step.next(new ConsultedCall(call, question));
    }
    outages.warn(
        "requests are refused, as a limiting service does not answer: {}", broken.reason());
    // It may have taken a hold before it failed.
    reports.add(question, TokenUsage.NONE);
    return refuse(call, new Refusal.LimiterUnavailable(ServiceRule.NAME, RETRY_AFTER_MILLIS));
  }

  private Step<ConsultedCall> refuse(AdmittedCall call, Refusal refusal) {
    if (call.holdsTokens()) {
      ledger.release(call);
    }
    return Step.refuse(refusal);
  }

  private @Nullable ServiceRule ruleFor(AdmittedCall call) {
    return call.routed().purpose().isMetered()
        ? rules.of(call.inbound().version()).get(call.routed().route().name())
        : null;
  }

  private static ServiceRule rule(RouteConfig route) {
    return ServiceRule.of(Objects.requireNonNull(route.limitService()));
  }

  private static CallView view(AdmittedCall call) {
    InboundCall inbound = call.inbound();
    HostAndPort authority = inbound.request().authority();
    return new CallView(
        inbound.request().headers(),
        authority == null ? "" : authority.host().toLowerCase(Locale.ROOT),
        inbound.path().decoded(),
        inbound.query(),
        call.identified().consumer(),
        call.routed().route().name(),
        RemoteAddress.of(call.identified()));
  }
}
