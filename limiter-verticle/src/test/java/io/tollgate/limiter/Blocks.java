package io.tollgate.limiter;

import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.config.LimitWindow;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.StoreConfig;
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
    return new LimitItem(type, keyName, List.of(keys));
  }

  static LimitKeyRule key(String pattern, long tokens, long seconds) {
    return new LimitKeyRule(pattern, new LimitWindow(tokens, seconds));
  }

  static LimitBlock block(String name, LimitItem... items) {
    return block(name, null, items);
  }

  static LimitBlock block(String name, @Nullable LimitWindow global, LimitItem... items) {
    return new LimitBlock(
        name, global, List.of(items), 429, null, StoreConfig.NODE, FailPolicy.OPEN, false, false);
  }

  static LimitBlock strict(LimitBlock b) {
    return new LimitBlock(
        b.ruleName(),
        b.global(),
        b.items(),
        b.rejectedCode(),
        b.rejectedMessage(),
        b.store(),
        b.fail(),
        true,
        b.firstMatchOnly());
  }

  static LimitBlock firstMatchOnly(LimitBlock b) {
    return new LimitBlock(
        b.ruleName(),
        b.global(),
        b.items(),
        b.rejectedCode(),
        b.rejectedMessage(),
        b.store(),
        b.fail(),
        b.strict(),
        true);
  }

  static LimitBlock in(String store, FailPolicy fail, LimitBlock b) {
    return new LimitBlock(
        b.ruleName(),
        b.global(),
        b.items(),
        b.rejectedCode(),
        b.rejectedMessage(),
        store,
        fail,
        b.strict(),
        b.firstMatchOnly());
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
        List.of(blocks));
  }
}
