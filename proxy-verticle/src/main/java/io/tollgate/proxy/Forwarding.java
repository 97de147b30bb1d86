package io.tollgate.proxy;

import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.proxy.ending.StreamEnding;
import io.tollgate.proxy.http.Drains;
import io.tollgate.proxy.http.ErrorAnswer;
import io.tollgate.proxy.http.ErrorBody;
import io.tollgate.proxy.http.Interest;
import io.tollgate.proxy.http.RateHeaders;
import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Responder;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.meter.Metered;
import io.tollgate.proxy.meter.UsageMeter;
import io.tollgate.proxy.relay.Passage;
import io.tollgate.proxy.relay.Reading;
import io.tollgate.proxy.relay.Relay;
import io.tollgate.proxy.relay.Stopping;
import io.tollgate.proxy.upstream.Attempt;
import io.tollgate.proxy.upstream.Forwarder;
import io.tollgate.proxy.upstream.RequestHeaders;
import io.tollgate.proxy.upstream.ResponseHeaders;
import io.tollgate.proxy.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes an admitted request to a provider and its answer to the client. */
final class Forwarding {
  private static final int FIRST_ERROR_STATUS = 400;

  /** Tells a client that its answer may be no longer than this, by a rule. */
  private static final String OUTPUT_CAP = "x-tollgate-output-cap";

  private static final Pattern LENGTH = Pattern.compile("\\d{1,15}");

  private final Forwarder forwarder;
  private final SideGate sideGate;
  private final Ledger ledger;
  private final Drains drains;

  Forwarding(Forwarder forwarder, SideGate sideGate, Ledger ledger, Drains drains) {
    this.forwarder = forwarder;
    this.sideGate = sideGate;
    this.ledger = ledger;
    this.drains = drains;
  }

  Future<Step<AnsweredCall>> forward(AdmittedCall call) {
    InboundCall inbound = call.inbound();
    if (inbound.client().isGone()) {
      return Step.refused(new Refusal.ClientGone());
    }
    inbound.notes().forwardedNanos = System.nanoTime();
    UpstreamRequest request = upstreamRequest(call);
    RouteConfig route = call.routed().route();
    // What is only passed through costs nothing, so its end is of no interest to us.
    ClientDisconnect onDisconnect =
        call.routed().purpose().isMetered() ? route.onDisconnect() : ClientDisconnect.CANCEL;
    Interest interest = new Interest(inbound.client(), onDisconnect, drains);
    Detour detour = new Detour(call, sideGate, ledger);
    return forwarder
        .forward(call.chain(), request, interest, detour)
        .map(attempt -> answered(call, request, interest, attempt, detour));
  }

  private static UpstreamRequest upstreamRequest(AdmittedCall call) {
    RoutedCall routed = call.routed();
    InboundCall inbound = call.inbound();
    RouteAuth auth = routed.route().auth();
    List<String> secretParams = auth == null ? List.of() : auth.inQuery();
    return new UpstreamRequest(
        inbound.request().method(),
        inbound.operation(),
        inbound.path().rawAfterRoot(routed.route().pathPrefix()),
        inbound.query().without(secretParams),
        RequestHeaders.passed(inbound.request().headers(), auth),
        routed.model(),
        routed.body(),
        routed.bytes());
  }

  private static Step<AnsweredCall> answered(
      AdmittedCall call,
      UpstreamRequest request,
      Interest interest,
      Attempt attempt,
      Detour detour) {
    call.inbound().notes().provider = attempt.provider();
    if (attempt instanceof Attempt.Answered answer && !interest.isLost()) {
      return Step.next(new AnsweredCall(call, answer, interest, request.addsIncludeUsage()));
    }
    interest.end();
    if (interest.isUnseen()) {
      cancel(call, attempt);
      return Step.refuse(new Refusal.ClientGone());
    }
    return switch (attempt) {
      case Attempt.Answered answer ->
          throw new IllegalStateException("an answer is lost only when the client left");
      case Attempt.Unreachable unreachable ->
          Step.refuse(new Refusal.UpstreamUnreachable(unreachable.provider()));
      case Attempt.TimedOut late ->
          Step.refuse(new Refusal.UpstreamTimedOut(late.provider(), late.limit()));
      case Attempt.Broken broken -> Step.refuse(new Refusal.UpstreamBroken(broken.provider()));
      case Attempt.NotAdmitted limited -> Step.refuse(detour.refusal());
    };
  }

  private static void cancel(AdmittedCall call, Attempt attempt) {
    if (attempt instanceof Attempt.Answered answer) {
      String model = answer.model();
      // An error costs only what it reports, which nobody reads here.
      if (answer.response().statusCode() < FIRST_ERROR_STATUS) {
        call.holdings().promptRead(model == null ? "" : model);
      }
      answer.response().request().reset();
    }
  }

  Future<Step<Served>> relay(AnsweredCall call) {
    AdmittedCall admitted = call.admitted();
    InboundCall inbound = call.inbound();
    prepare(call, inbound.request().response());
    UsageMeter meter = admitted.forecast().meter(call.answer().model());
    expectLength(call.answer().response(), meter);
    ledger.count(admitted, meter::soFar);
    return Relay.pass(
            call.answer(),
            inbound.request(),
            call.interest(),
            new Reading(meter, call.hidesUsage(), stopping(call, meter)),
            () -> lastWords(call),
            ledger::durable)
        .compose(passage -> served(call, meter, passage));
  }

  /** Null for an answer that goes on to its own end. */
  private static @Nullable Stopping stopping(AnsweredCall call, UsageMeter meter) {
    AdmittedCall admitted = call.admitted();
    StopLine line = admitted.holdings().stopLine();
    boolean fails = call.answer().response().statusCode() >= FIRST_ERROR_STATUS;
    StreamEnding ending =
        line.isEmpty() || fails
            ? null
            : StreamEnding.of(admitted.inbound().operation(), !call.hidesUsage());
    return ending == null
        ? null
        : new Stopping(
            ending, () -> line.isReached(meter), () -> meter.count().map(Metered::usage));
  }

  private static void expectLength(HttpClientResponse answer, UsageMeter meter) {
    String length = answer.getHeader("content-length");
    boolean known = length != null && LENGTH.matcher(length).matches();
    if (known && answer.getHeader("content-encoding") == null) {
      meter.expect(Long.parseLong(length));
    }
  }

  /** What a client is told in the middle of a stream that breaks off. */
  private static Buffer lastWords(AnsweredCall call) {
    ErrorAnswer brokenOff = ErrorAnswer.of(new Refusal.UpstreamBroken(call.answer().provider()));
    return ErrorBody.forPath(call.admitted().inbound().path().decoded()).event(brokenOff);
  }

  private static void prepare(AnsweredCall call, HttpServerResponse response) {
    HttpClientResponse answer = call.answer().response();
    MultiMap headers = response.headers();
    String requestId = headers.get(Responder.REQUEST_ID);
    response.setStatusCode(answer.statusCode());
    ResponseHeaders.pass(answer.headers(), headers);
    headers.set(Responder.REQUEST_ID, requestId);
    Admission.Standing tightest = call.admitted().holdings().tightest();
    if (tightest != null) {
      RateHeaders.of(tightest).forEach(headers::set);
    }
    Long outputCap = call.answer().outputCap();
    if (outputCap != null) {
      headers.set(OUTPUT_CAP, outputCap.toString());
    }
  }

  private static Future<Step<Served>> served(AnsweredCall call, UsageMeter meter, Passage passage) {
    CallNotes notes = call.inbound().notes();
    notes.firstByteNanos = passage.firstByteNanos();
    notes.unread = meter.unread();
    if (passage.end() == Passage.End.STOPPED) {
      notes.rule = call.admitted().holdings().stopLine().crossed();
    }
    int status = call.answer().response().statusCode();
    Outcome outcome = outcome(status, passage.end());
    // An error costs what it reports or nothing: there is nothing to count, which takes a moment in
    // which a node may be killed after its client has seen the end.
    Future<Metered> metering =
        status >= FIRST_ERROR_STATUS ? Future.succeededFuture(meter.end()) : meter.count();
    return metering.map(
        metered ->
            Step.next(new Served(status, bill(call.admitted(), meter, metered, status, outcome))));
  }

  private static Outcome outcome(int status, Passage.End end) {
    return switch (end) {
      case STOPPED -> Outcome.STOPPED;
      case CLIENT_GONE -> Outcome.CLIENT_GONE;
      case BROKEN_OFF -> Outcome.UPSTREAM_BROKEN;
      case WHOLE -> status >= FIRST_ERROR_STATUS ? Outcome.UPSTREAM_REFUSED : Outcome.COMPLETED;
    };
  }

  /**
   * An error costs only what the provider reports, and so does an answer of which nothing is known;
   * if of that one the provider reports a part, the rest is estimated.
   */
  private static Bill bill(
      AdmittedCall call, UsageMeter meter, Metered metered, int status, Outcome outcome) {
    boolean free =
        status >= FIRST_ERROR_STATUS
            ? metered.estimated()
            : !call.inbound().operation().costsTokens() && !meter.reportsUsage();
    return free || !call.routed().purpose().isMetered()
        ? Bill.nothing(outcome)
        : new Bill(metered.usage(), metered.estimated(), outcome);
  }
}
