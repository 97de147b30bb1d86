package io.tollgate.proxy;

import io.tollgate.contract.usage.Outcome;
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
  private final Gate gate;
  private final Ledger ledger;
  private @Nullable Refusal refusal;

  Detour(AdmittedCall call, Gate gate, Ledger ledger) {
    this.call = call;
    this.gate = gate;
    this.ledger = ledger;
  }

  @Override
  public void promptRead(String provider, String model) {
    call.tab().promptRead(provider, model);
  }

  @Override
  public Future<Boolean> mayAsk(String provider) {
    if (!call.providerHolds().isLimited()) {
      return Future.succeededFuture(true);
    }
    return ledger
        .leaveProvider(call, Outcome.UPSTREAM_UNREACHABLE)
        .compose(left -> gate.admitTo(call, provider))
        .map(this::isOpen);
  }

  private boolean isOpen(Step<ProviderHolds.Of> step) {
    return switch (step) {
      case Step.Next<ProviderHolds.Of> admitted -> {
        call.providerHolds().moveTo(admitted.value());
        yield true;
      }
      case Step.Refused<ProviderHolds.Of> refused -> {
        refusal = refused.refusal();
        yield false;
      }
    };
  }

  /** Why the last provider that was to be asked was not. */
  Refusal refusal() {
    if (refusal == null) {
      throw new IllegalStateException("no provider was refused");
    }
    return refusal;
  }
}
