package io.tollgate.limiter;

import io.tollgate.contract.alert.Alert;
import io.tollgate.contract.alert.AlertWatch;
import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.store.RedisLink;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at how far limits are used when requests have asked for them and when they are settled, and
 * has it told when that reaches a level of their rule. Costs next to nothing for rules without
 * levels. Used on one event loop.
 */
final class LimitAlerts {
  /** What has no window is told again after so long at the earliest. */
  private static final Duration LEAST_LIFE = Duration.ofMinutes(1);

  private static final Pattern SENT_BY_CLIENTS = Pattern.compile("(^|,)(header|param|cookie):");

  private final Vertx vertx;
  private final String node;
  private final AlertWatch watch;
  private final Function<String, Optional<LimitBlock>> alerting;

  /**
   * @param node this node's own id
   * @param watch one for all event loops of the node
   * @param alerting a block with levels by the name of its rule, as it is now
   */
  LimitAlerts(
      Vertx vertx, String node, AlertWatch watch, Function<String, Optional<LimitBlock>> alerting) {
    this.vertx = vertx;
    this.node = node;
    this.watch = watch;
    this.alerting = alerting;
  }

  /** Shows the levels of a block's limits in the metrics before any of them is reached. */
  static void watch(LimitBlock block, AlertWatch watch) {
    if (block.alerts().isEmpty()) {
      return;
    }
    if (block.global() != null) {
      watch(block, LimitType.GLOBAL_THRESHOLD, "", block.global(), watch);
    }
    for (LimitItem item : block.items()) {
      item.keys().forEach(key -> watch(block, item.type(), item.keyName(), key.allowance(), watch));
    }
  }

  private static void watch(
      LimitBlock block, LimitType type, String keyName, Allowance allowance, AlertWatch watch) {
    for (LimitTerms terms : allowance.windows()) {
      LimitKey key = new LimitKey(block.ruleName(), type, terms.label(), keyName, null);
      watch.watch(Alert.Kind.LIMIT, Limit.ruleOf(key), block.alerts());
    }
  }

  /**
   * @param links to the stores of counters, by id
   */
  void look(List<LimitOutcome.Of> outcomes, Function<String, RedisLink> links) {
    for (LimitOutcome.Of each : outcomes) {
      LimitBlock block = each.limit().block();
      if (!block.alerts().isEmpty()) {
        look(links.apply(block.store()), each.limit(), each.outcome());
      }
    }
  }

  /** Nobody has to ask again for what the last request of a window has used. */
  void look(Settled settled, RedisLink link) {
    for (Settled.Counted each : settled.counted()) {
      LimitHold hold = each.hold();
      if (each.used() > 0) {
        alerting
            .apply(hold.key().ruleName())
            .map(block -> Limit.of(hold, each.counter(), block))
            .ifPresent(limit -> saw(link, limit, each.used(), 0, each.resetMillis()));
      }
    }
  }

  private void look(RedisLink link, Limit limit, LimitOutcome outcome) {
    switch (outcome) {
      case LimitOutcome.Taken taken ->
          saw(link, limit, taken.used(), taken.held(), taken.resetMillis());
      case LimitOutcome.Spent spent ->
          saw(link, limit, spent.used(), spent.held(), spent.resetMillis());
      case LimitOutcome.Skipped skipped -> {}
      case LimitOutcome.Unreached unreached -> {}
      case LimitOutcome.Broken broken -> {}
      case LimitOutcome.PartTaken part -> {}
      case LimitOutcome.PartSpent part -> {}
    }
  }

  private void saw(RedisLink link, Limit limit, long used, long held, long resetMillis) {
    // Nothing is ever used of a limit on what is in progress.
    long counted = limit.terms().algorithm() == Algorithm.CONCURRENCY ? held : used;
    watch.saw(
        vertx,
        new AlertWatch.Use(
            limit.block().store(),
            limit.counter(),
            limit.block().alerts(),
            counted,
            limit.capacity(),
            life(limit, resetMillis)),
        link::claim,
        level -> alert(limit, level, counted));
  }

  private static Duration life(Limit limit, long resetMillis) {
    if (limit.terms().algorithm() == Algorithm.FIXED_WINDOW) {
      return Duration.ofMillis(Math.max(1, resetMillis));
    }
    Duration period = Duration.ofMillis(limit.terms().period().millis());
    return period.compareTo(LEAST_LIFE) < 0 ? LEAST_LIFE : period;
  }

  private Alert alert(Limit limit, int level, long used) {
    return new Alert(
        UUID.randomUUID().toString(),
        Alert.Kind.LIMIT,
        limit.rule(),
        subject(limit),
        level,
        used,
        limit.capacity(),
        limit.unit(),
        limit.key().window(),
        limit.block().admitting().mode() == LimitMode.SHADOW,
        node,
        System.currentTimeMillis());
  }

  /** What a client sends may be a secret, unless the configuration has it in clear. */
  private static @Nullable String subject(Limit limit) {
    FactValue value = limit.key().value();
    if (value == null) {
      return null;
    }
    boolean isKnown =
        switch (limit.key().type()) {
          case LIMIT_BY_PER_HEADER, LIMIT_BY_PER_PARAM, LIMIT_BY_PER_COOKIE -> false;
          case LIMIT_BY -> !SENT_BY_CLIENTS.matcher(limit.key().keyName()).find();
          case GLOBAL_THRESHOLD,
              LIMIT_BY_HEADER,
              LIMIT_BY_PARAM,
              LIMIT_BY_CONSUMER,
              LIMIT_BY_COOKIE,
              LIMIT_BY_PER_CONSUMER,
              LIMIT_BY_PER_IP ->
              true;
        };
    return isKnown && !value.hashed() ? value.text() : KnownKeys.hashOf(value);
  }
}
