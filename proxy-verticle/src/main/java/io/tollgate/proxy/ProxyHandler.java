package io.tollgate.proxy;

import static io.tollgate.proxy.http.Step.onward;

import io.tollgate.proxy.http.ClientLink;
import io.tollgate.proxy.http.Responder;
import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/**
 * The story of a request: parse, identify, admit and reserve, forward, relay and meter, settle. One
 * for each event loop.
 */
final class ProxyHandler {
  private final Stages stages;
  private final Chronicle chronicle;

  ProxyHandler(Stages stages, Chronicle chronicle) {
    this.stages = stages;
    this.chronicle = chronicle;
  }

  /**
   * @return completes when the request is answered or given up, and settled; never fails
   */
  Future<?> handle(HttpServerRequest request) {
    CallNotes notes = new CallNotes();
    chronicle.arrived();
    request.response().putHeader(Responder.REQUEST_ID, notes.requestId());
    ClientLink client = new ClientLink(request.response());
    return serve(request, client, notes)
        .transform(
            (end, fault) -> {
              chronicle.answer(request, notes, end, fault);
              return notes.settled.onComplete(settled -> chronicle.close(notes));
            });
  }

  private Future<Step<Served>> serve(
      HttpServerRequest request, ClientLink client, CallNotes notes) {
    return stages
        .reader()
        .read(request, client, notes)
        .compose(onward(stages.identification()::identify))
        .compose(onward(this::answer));
  }

  private Future<Step<Served>> answer(IdentifiedCall call) {
    return switch (call.routed().purpose()) {
      case Purpose.Metered metered -> askProvider(call);
      case Purpose.Passed passed -> askProvider(call);
      case Purpose.ListModels list -> stages.modelList().answer(call);
      case Purpose.AdministerQuota order -> stages.quotaDesk().answer(call, order);
    };
  }

  private Future<Step<Served>> askProvider(IdentifiedCall call) {
    return stages
        .gate()
        .admit(call)
        .compose(onward(stages.consultation()::consult))
        .compose(onward(this::forwardAndSettle));
  }

  private Future<Step<Served>> forwardAndSettle(ConsultedCall consulted) {
    AdmittedCall call = consulted.admitted();
    stages.ledger().open(call);
    // What is held has to be settled even when asking throws.
    return Future.succeededFuture(call)
        .compose(stages.forwarding()::forward)
        .compose(onward(stages.forwarding()::relay))
        .andThen(
            (end, fault) ->
                call.inbound().notes().settled =
                    stages
                        .ledger()
                        .settle(call, end)
                        .onSuccess(settled -> stages.consultation().report(consulted)));
  }
}
