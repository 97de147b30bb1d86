package io.tollgate.quota;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.hold.Count;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.share.Ask;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.share.Shared;
import io.tollgate.contract.share.Standing;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.TokenUsage;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Stands in for balances that can't be reached, on quotas that say {@code fail: share}: this node's
 * part of what was left when the balance was last seen.
 */
final class StandIn {
  /** A balance far below zero; what is held can still be subtracted. */
  private static final long LOWEST = Long.MIN_VALUE / 2;

  private final NodeParts parts;
  private final IntSupplier nodes;
  private final Live<QuotaSettings> settings;

  /**
   * @param parts one for all instances of the node
   * @param nodes how many nodes share a balance, this one included
   */
  StandIn(NodeParts parts, IntSupplier nodes, Live<QuotaSettings> settings) {
    this.parts = parts;
    this.nodes = nodes;
    this.settings = settings;
  }

  /** What the store says is what there is to be divided when it can't be reached any more. */
  void saw(String store, String key, long balance, long held) {
    for (String prefix : settings.now().sharedPrefixes()) {
      if (key.startsWith(prefix)) {
        parts.sawBalance(name(store, key), Math.max(balance, LOWEST) - held);
        return;
      }
    }
  }

  /** Empty when the balance was never seen, so that nobody knows what there is to divide. */
  Optional<Reservation> reserve(QuotaBlock quota, String key, ReserveRequest request) {
    List<Ask> ask =
        List.of(Ask.balance(name(quota.store(), key), Count.TOTAL, request.estimate().tokens()));
    return switch (parts.take(request.requestId(), ask, nodes.getAsInt())) {
      case Shared.Held held ->
          Optional.of(new Reservation.Reserved(List.of(new QuotaHold(quota.store(), key, 0))));
      case Shared.Spent spent -> Optional.of(exhausted(request.consumer(), spent.standing()));
      case Shared.Unknown unknown -> Optional.empty();
    };
  }

  /**
   * What the part says while the store, which has reserved, does not know yet of all that was used
   * without it; empty when it does not object.
   */
  Optional<Reservation> objection(
      QuotaBlock quota, String key, ReserveRequest request, long tokens) {
    return Optional.ofNullable(parts.objection(name(quota.store(), key), tokens))
        .map(part -> exhausted(request.consumer(), part));
  }

  /** The store has what a request used. */
  void confirmed(String requestId, QuotaHold hold) {
    if (!hold.isInStore()) {
      parts.confirmed(requestId);
    }
  }

  void renew(Renewal.OpenRequest open) {
    if (open.quotaHolds().stream().anyMatch(hold -> !hold.isInStore())) {
      parts.renew(open.requestId(), open.soFar());
    }
  }

  void settle(String requestId, TokenUsage usage) {
    parts.settle(requestId, usage);
  }

  private static Reservation exhausted(String consumer, Standing part) {
    return new Reservation.Exhausted(consumer, part.part() - part.used(), part.held(), part.part());
  }

  private static String name(String store, String key) {
    return store + '|' + key;
  }
}
