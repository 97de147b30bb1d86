package io.tollgate.proxy;

import io.tollgate.proxy.http.Refusal;
import io.tollgate.proxy.http.Step;
import io.tollgate.proxy.upstream.Course;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Takes one request to other providers than the first: where limits go by the provider, each has to
 * have room before it is asked. Confined to the request's event loop.
 */
final class Detour implements Course {
  private final AdmittedCall call;
  private final SideGate gate;
  private final Ledger ledger;
  private @Nullable Refusal refusal;

  Detour(AdmittedCall call, SideGate gate, Ledger ledger) {
    this.call = call;
    this.gate = gate;
    this.ledger = ledger;
  }

  @Override
  public @Nullable Long outputCap() {
    return call.outputCap();
  }

  @Override
  public void promptRead(String model) {
    call.holdings().promptRead(model);
  }

  @Override
  public Future<Boolean> mayAsk(String provider) {
    return ledger.leaveProvider(call).compose(left -> gate.admit(call, provider)).map(this::isOpen);
  }

  private boolean isOpen(Step<AdmittedCall> step) {
    refusal =
        switch (step) {
          case Step.Next<AdmittedCall> next -> null;
          case Step.Refused<AdmittedCall> refused -> refused.refusal();
        };
    return refusal == null;
  }

  /** Why the last provider that was to be asked was not. */
  Refusal refusal() {
    if (refusal == null) {
      throw new IllegalStateException("no provider was refused");
    }
    return refusal;
  }
}
