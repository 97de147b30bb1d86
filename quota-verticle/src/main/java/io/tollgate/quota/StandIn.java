package io.tollgate.quota;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.quota.Reservation.Exhausted;
import io.tollgate.contract.share.Ask;
import io.tollgate.contract.share.NodeParts;
import io.tollgate.contract.share.Shared;
import io.tollgate.contract.share.Standing;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Renewal;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for balances that can't be reached, on quotas that say {@code fail: share}: this node's
 * part of what was left when the balance was last seen.
 */
final class StandIn {
  /** A balance far below zero; what is held can still be subtracted. */
  private static final long LOWEST = Long.MIN_VALUE / 2;

  /** What the parts say to the claims of a request. */
  sealed interface Word {
    /** The request holds something on each. */
    record Held() implements Word {}

    /** One is spent; nothing is held. */
    record Spent(Exhausted refusal) implements Word {}

    /** One was never seen, so that nobody knows what there is to divide; nothing is held. */
    record Unknown() implements Word {}
  }

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
  void saw(String store, String key, Line line) {
    Long balance = line.balance();
    if (balance == null) {
      return;
    }
    for (String prefix : settings.now().sharedPrefixes()) {
      if (key.startsWith(prefix)) {
        parts.sawBalance(name(store, key), Math.max(balance, LOWEST) - line.held());
        return;
      }
    }
  }

  /** Holds on all of the claims or on none. */
  Word reserve(List<Claim> claims, String requestId, @Nullable String consumer) {
    List<Ask> asks =
        claims.stream()
            .map(
                claim ->
                    Ask.balance(name(claim.store(), claim.key()), claim.count(), claim.estimate()))
            .toList();
    return switch (parts.take(requestId, asks, nodes.getAsInt())) {
      case Shared.Held held -> new Word.Held();
      case Shared.Spent spent ->
          new Word.Spent(exhausted(claims.get(spent.index()), consumer, spent.standing()));
      case Shared.Unknown unknown -> new Word.Unknown();
    };
  }

  /**
   * What the part says while the store, which has reserved, does not know yet of all that was used
   * without it; empty when it does not object.
   */
  Optional<Exhausted> objection(Claim claim, @Nullable String consumer, long tokens) {
    return Optional.ofNullable(parts.objection(name(claim.store(), claim.key()), tokens))
        .map(part -> exhausted(claim, consumer, part));
  }

  /** The stores have all that a request used. */
  void confirmed(String requestId, List<QuotaHold> holds) {
    if (!holds.stream().allMatch(QuotaHold::isInStore)) {
      parts.confirmed(requestId);
    }
  }

  void renew(Renewal.OpenRequest open) {
    if (!open.quotaHolds().stream().allMatch(QuotaHold::isInStore)) {
      parts.renew(open.requestId(), open.soFar());
    }
  }

  void settle(String requestId, TokenUsage usage) {
    parts.settle(requestId, usage);
  }

  private static Exhausted exhausted(Claim claim, @Nullable String consumer, Standing part) {
    return new Exhausted(
        consumer, part.part() - part.used(), part.held(), 0, part.part(), claim.budgetName(), null);
  }

  private static String name(String store, String key) {
    return store + '|' + key;
  }
}
