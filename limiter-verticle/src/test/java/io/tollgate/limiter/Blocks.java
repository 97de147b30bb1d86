package io.tollgate.limiter;

import io.tollgate.contract.config.Allowance;
import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.MissingKey;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.config.Penalty;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shorthand for rules in tests. */
final class Blocks {
  private Blocks() {}

  /** So many tokens a minute for what the pattern says. */
  static LimitItem item(LimitType type, String keyName, String pattern, long tokens) {
    return item(type, keyName, key(pattern, tokens, 60));
  }

  static LimitItem item(LimitType type, String keyName, LimitKeyRule... keys) {
    return new LimitItem(type, keyName, List.of(keys), Selector.ALL, MissingKey.SKIP);
  }

  static LimitKeyRule key(String pattern, long tokens, long seconds) {
    return new LimitKeyRule(pattern, always(LimitTerms.fixed(tokens, seconds)));
  }

  static Allowance always(LimitTerms terms) {
    return new Allowance(List.of(terms), List.of());
  }

  static LimitBlock block(String name, LimitItem... items) {
    return block(name, null, items);
  }

  static LimitBlock block(String name, @Nullable LimitTerms global, LimitItem... items) {
    return new LimitBlock(
        name,
        Selector.ALL,
        global == null ? null : always(global),
        List.of(items),
        LimitBlock.Rejection.STANDARD,
        StoreConfig.NODE,
        FailPolicy.OPEN,
        false,
        LimitBlock.Admitting.USUAL,
        null,
        null,
        List.of());
  }

  static LimitBlock strict(LimitBlock b) {
    LimitBlock.Admitting strict =
        new LimitBlock.Admitting(LimitMode.ENFORCE, true, false, OnExhausted.FINISH);
    return with(b, b.store(), b.fail(), b.firstMatchOnly(), strict);
  }

  static LimitBlock firstMatchOnly(LimitBlock b) {
    return with(b, b.store(), b.fail(), true, b.admitting());
  }

  static LimitBlock in(String store, FailPolicy fail, LimitBlock b) {
    return with(b, store, fail, b.firstMatchOnly(), b.admitting());
  }

  static LimitBlock punishing(Penalty penalty, LimitBlock b) {
    return new LimitBlock(
        b.ruleName(),
        b.when(),
        b.global(),
        b.items(),
        b.rejection(),
        b.store(),
        b.fail(),
        b.firstMatchOnly(),
        b.admitting(),
        b.load(),
        penalty,
        b.alerts());
  }

  private static LimitBlock with(
      LimitBlock b,
      String store,
      FailPolicy fail,
      boolean firstMatchOnly,
      LimitBlock.Admitting admitting) {
    return new LimitBlock(
        b.ruleName(),
        b.when(),
        b.global(),
        b.items(),
        b.rejection(),
        store,
        fail,
        firstMatchOnly,
        admitting,
        b.load(),
        b.penalty(),
        b.alerts());
  }

  /** An open route that leads nowhere. */
  static RouteConfig route(String name, LimitBlock... blocks) {
    return new RouteConfig(
        name,
        "/",
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        null,
        ClientDisconnect.CANCEL,
        null,
        null,
        List.of(blocks),
        null);
  }
}
