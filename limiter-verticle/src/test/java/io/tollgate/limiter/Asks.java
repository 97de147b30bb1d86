package io.tollgate.limiter;

import io.tollgate.contract.hold.Estimate;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.CallFacts;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.TokenUsage;
import io.tollgate.contract.usage.UsageEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to be admitted on route {@code chat}, built in steps. Immutable. */
record Asks(
    String id,
    @Nullable String consumer,
    Map<String, FactValue> headers,
    Map<String, FactValue> params,
    Map<String, FactValue> cookies,
    String remoteAddress,
    long estimate) {

  static Asks request(String id) {
    return new Asks(id, null, Map.of(), Map.of(), Map.of(), "192.0.2.1", 10);
  }

  Asks by(String name) {
    return new Asks(id, name, headers, params, cookies, remoteAddress, estimate);
  }

  Asks header(String name, String value) {
    return header(name, FactValue.plain(value));
  }

  Asks header(String name, FactValue value) {
    return new Asks(
        id, consumer, with(headers, name, value), params, cookies, remoteAddress, estimate);
  }

  Asks param(String name, String value) {
    Map<String, FactValue> all = with(params, name, FactValue.plain(value));
    return new Asks(id, consumer, headers, all, cookies, remoteAddress, estimate);
  }

  Asks cookie(String name, String value) {
    Map<String, FactValue> all = with(cookies, name, FactValue.plain(value));
    return new Asks(id, consumer, headers, params, all, remoteAddress, estimate);
  }

  Asks from(String address) {
    return new Asks(id, consumer, headers, params, cookies, address, estimate);
  }

  Asks estimate(long tokens) {
    return new Asks(id, consumer, headers, params, cookies, remoteAddress, tokens);
  }

  AdmitRequest on(String route) {
    return new AdmitRequest(
        id,
        route,
        consumer,
        Map.of(),
        "qwen-max",
        "aliyun",
        0,
        new CallFacts(headers, params, cookies, remoteAddress),
        new Estimate(estimate, 0));
  }

  AdmitRequest ask() {
    return on("chat");
  }

  static UsageEvent used(String id, long tokens, List<LimitHold> holds) {
    return ended(System.currentTimeMillis(), id, tokens, holds);
  }

  static UsageEvent ended(long atMillis, String id, long tokens, List<LimitHold> holds) {
    return new UsageEvent(
        id,
        atMillis,
        "chat",
        null,
        "qwen-max",
        "aliyun",
        TokenUsage.of(tokens, 0),
        false,
        Outcome.COMPLETED,
        holds,
        List.of());
  }

  static Renewal open(String id, long tokensSoFar, List<LimitHold> holds) {
    return new Renewal(
        List.of(new Renewal.OpenRequest(id, TokenUsage.of(tokensSoFar, 0), holds, List.of())));
  }

  private static Map<String, FactValue> with(
      Map<String, FactValue> values, String name, FactValue value) {
    Map<String, FactValue> more = new HashMap<>(values);
    more.put(name, value);
    return Map.copyOf(more);
  }
}
