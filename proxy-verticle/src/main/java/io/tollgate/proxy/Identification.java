package io.tollgate.proxy;

import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.auth.Verdict;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.proxy.http.Credentials;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who is calling. Only hashes of keys leave this class. */
final class Identification {
  private static final Logger log = LoggerFactory.getLogger(Identification.class);

  private final AuthService auth;
  private final RareLog outages = new RareLog(log);

  Identification(AuthService auth) {
    this.auth = auth;
  }

  Future<Step<IdentifiedCall>> identify(RoutedCall call) {
    call.inbound().notes().identifyNanos = System.nanoTime();
    RouteAuth wanted = call.route().auth();
    if (wanted == null) {
      return Future.succeededFuture(Step.next(new IdentifiedCall(call, null, Map.of())));
    }
    InboundCall inbound = call.inbound();
    List<String> hashes = new ArrayList<>(1);
    for (String key : Credentials.keys(wanted, inbound.request().headers(), inbound.query())) {
      hashes.add(KeyHash.of(key));
    }
    AuthRequest question = new AuthRequest(call.route().name(), inbound.version(), hashes);
    return auth.identify(question)
        .transform((verdict, fault) -> fault == null ? decide(call, verdict) : unavailable(fault));
  }

  private Future<Step<IdentifiedCall>> decide(RoutedCall call, Verdict verdict) {
    return switch (verdict) {
      case Verdict.Identified identified -> identified(call, identified);
      case Verdict.NoKey noKey -> Step.refused(new Refusal.NoKey());
      case Verdict.UnknownKey unknownKey -> Step.refused(new Refusal.UnknownKey());
      case Verdict.NotAllowed notAllowed -> elsewhere(call, notAllowed.consumer());
    };
  }

  private static Future<Step<IdentifiedCall>> identified(RoutedCall call, Verdict.Identified who) {
    call.inbound().notes().consumer = who.consumer();
    return Future.succeededFuture(
        Step.next(new IdentifiedCall(call, who.consumer(), who.labels())));
  }

  /** A list of models belongs to no route: who may use a later one gets that one's. */
  private Future<Step<IdentifiedCall>> elsewhere(RoutedCall call, String consumer) {
    call.inbound().notes().consumer = consumer;
    List<RouteConfig> routes = call.inbound().candidates().routes();
    int next = routes.indexOf(call.route()) + 1;
    if (!(call.purpose() instanceof Purpose.ListModels) || next == routes.size()) {
      return Step.refused(new Refusal.ConsumerNotAllowed(consumer));
    }
    return identify(call.on(routes.get(next)));
  }

  private Future<Step<IdentifiedCall>> unavailable(Throwable fault) {
    outages.warn("nobody can be identified: {}", fault.getMessage());
    return Step.refused(new Refusal.AuthUnavailable());
  }
}
