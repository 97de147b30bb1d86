package io.tollgate.proxy;

import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.auth.Verdict;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.explain.BalancesView;
import io.tollgate.contract.explain.ExplainRequest;
import io.tollgate.contract.explain.ExplainService;
import io.tollgate.contract.explain.Explanation;
import io.tollgate.contract.explain.LimitExplainer;
import io.tollgate.contract.explain.LimitsView;
import io.tollgate.contract.explain.QuotaExplainer;
import io.tollgate.contract.explain.ServiceView;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.CallFacts;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.proxy.http.Credentials;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.RouteTable;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.meter.Estimator;
import io.tollgate.proxy.meter.Forecast;
import io.tollgate.proxy.meter.RequestBody;
import io.tollgate.proxy.meter.Workload;
import io.tollgate.proxy.service.ServiceRule;
import io.tollgate.proxy.service.ServiceTrace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Explains what would become of a request: the same reading, routing, identification and facts as
 * for one that comes, then the limiter and the quota are asked how things stand. Needs no ports,
 * and gives the request to nobody: only what an admission carries goes further. Used on one event
 * loop.
 */
public final class Explainer implements ExplainService {
  private final LiveConfig config;
  private final Live<RouteTable> routes;
  private final Live<Map<String, RuleFacts>> facts;
  private final Live<Map<String, ServiceRule>> services;
  private final AuthService auth;
  private final LimitExplainer limits;
  private final QuotaExplainer quotas;

  /** Knows nothing of what earlier answers were like. */
  private final Estimator estimator = new Estimator();

  public Explainer(
      LiveConfig config, AuthService auth, LimitExplainer limits, QuotaExplainer quotas) {
    this.config = config;
    this.routes = config.view(each -> new RouteTable(each.routes()));
    this.facts = config.view(RuleFacts::ofEach);
    this.services = config.view(Consultation::rulesOf);
    this.auth = auth;
    this.limits = limits;
    this.quotas = quotas;
  }

  /**
   * Fails with an {@link IllegalArgumentException} when it names a consumer that there is not, and
   * when a service does not answer.
   */
  @Override
  public Future<Explanation> explain(ExplainRequest request) {
    return switch (Supposed.read(request, routes.newest())) {
      case Step.Refused<Supposed> refused ->
          Future.succeededFuture(Findings.refused(refused.refusal()));
      case Step.Next<Supposed> call -> identify(call.value());
    };
  }

  private Future<Explanation> identify(Supposed call) {
    RouteAuth wanted = call.route().auth();
    String named = call.request().consumer();
    if (named != null && config.config().consumers().stream().noneMatch(isNamed(named))) {
      return Future.failedFuture(
          new IllegalArgumentException("no consumer of the configuration is named " + named));
    }
    if (wanted == null) {
      return weigh(call, null, Map.of());
    }
    List<String> keys =
        named == null
            ? Credentials.keys(wanted, call.headers(), call.query()).stream()
                .map(KeyHash::of)
                .toList()
            : keysOf(named);
    return auth.identify(new AuthRequest(call.route().name(), call.version(), keys))
        .compose(
            verdict ->
                switch (verdict) {
                  case Verdict.Identified who -> weigh(call, who.consumer(), who.labels());
                  case Verdict.NoKey none -> refused(call, null, new Refusal.NoKey());
                  case Verdict.UnknownKey unknown -> refused(call, null, new Refusal.UnknownKey());
                  case Verdict.NotAllowed not ->
                      refused(call, not.consumer(), new Refusal.ConsumerNotAllowed(not.consumer()));
                });
  }

  private List<String> keysOf(String consumer) {
    return config.config().consumers().stream()
        .filter(isNamed(consumer))
        .flatMap(each -> each.keyHashes().stream())
        .toList();
  }

  private static Predicate<ConsumerConfig> isNamed(String name) {
    return consumer -> consumer.name().equals(name);
  }

  private static Future<Explanation> refused(
      Supposed call, @Nullable String consumer, Refusal refusal) {
    return Future.succeededFuture(
        new Findings(
                call,
                consumer,
                Map.of(),
                new Estimate(0, 0),
                LimitsView.NONE,
                BalancesView.NONE,
                null)
            .withRefusal(refusal));
  }

  private Future<Explanation> weigh(
      Supposed call, @Nullable String consumer, Map<String, String> labels) {
    RequestBody body = call.operation().costsTokens() ? call.body() : RequestBody.none();
    Forecast guess =
        estimator.forecast(
            consumer,
            call.modelOrBlank(),
            Workload.ofPath(call.operation().path()),
            body,
            call.operation().outputCaps(call.model()));
    Future<Forecast> forecast =
        Foresight.isBounded(call.route()) ? guess.counted() : Future.succeededFuture(guess);
    return forecast.compose(known -> weigh(call, consumer, labels, known.estimate()));
  }

  private Future<Explanation> weigh(
      Supposed call, @Nullable String consumer, Map<String, String> labels, Estimate estimate) {
    Future<LimitsView> limited = limitsOf(call, consumer, labels, estimate);
    Future<BalancesView> paid = balancesOf(call, consumer, labels, estimate);
    return Future.all(limited, paid)
        .map(
            both ->
                new Findings(
                        call,
                        consumer,
                        labels,
                        estimate,
                        limited.result(),
                        paid.result(),
                        serviceOf(call, consumer))
                    .explanation());
  }

  private @Nullable ServiceView serviceOf(Supposed call, @Nullable String consumer) {
    ServiceRule rule = call.metered() ? services.of(call.version()).get(call.route().name()) : null;
    return rule == null ? null : ServiceTrace.of(rule, call.seenBy(consumer));
  }

  private Future<LimitsView> limitsOf(
      Supposed call, @Nullable String consumer, Map<String, String> labels, Estimate estimate) {
    if (!call.metered() || call.route().limits().isEmpty()) {
      return Future.succeededFuture(LimitsView.NONE);
    }
    return limits.explain(
        new AdmitRequest(
            UUID.randomUUID().toString(),
            call.route().name(),
            consumer,
            labels,
            call.modelOrBlank(),
            onlyProvider(call.route()),
            call.version(),
            factsOf(call, consumer),
            estimate));
  }

  private CallFacts factsOf(Supposed call, @Nullable String consumer) {
    RuleFacts seen = Objects.requireNonNull(facts.of(call.version()).get(call.route().name()));
    CallFacts shown =
        seen.of(
            new RuleFacts.Sight(
                call.headers(),
                call.query(),
                consumer,
                call.model(),
                RemoteAddress.plain(call.request().remoteAddress())));
    RouteAuth auth = call.route().auth();
    String named = call.request().consumer();
    return auth == null || named == null
        ? shown
        : ShownKey.in(shown, auth, keysOf(named).getFirst());
  }

  /** Of several nobody knows whose turn it will be. */
  private static @Nullable String onlyProvider(RouteConfig route) {
    return route.upstreams().size() == 1 ? route.upstreams().getFirst().provider() : null;
  }

  private Future<BalancesView> balancesOf(
      Supposed call, @Nullable String consumer, Map<String, String> labels, Estimate estimate) {
    if (!call.metered() || consumer == null) {
      return Future.succeededFuture(BalancesView.NONE);
    }
    return quotas.explain(
        new ReserveRequest(
            UUID.randomUUID().toString(),
            call.route().name(),
            consumer,
            labels,
            call.modelOrBlank(),
            call.version(),
            estimate));
  }
}
