package io.tollgate.limiter;

import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.CallFacts;
import io.tollgate.contract.tokens.Estimate;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.UsageEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to be admitted on route {@code chat}, built in steps. Immutable. */
record Asks(
    String id,
    @Nullable String consumer,
    Map<String, String> labels,
    String model,
    @Nullable String provider,
    CallFacts facts,
    long estimate) {
  static Asks request(String id) {
    return new Asks(
        id,
        null,
        Map.of(),
        "qwen-max",
        "aliyun",
        new CallFacts(Map.of(), Map.of(), Map.of(), "192.0.2.1"),
        10);
  }

  /** The same, asked by another request. */
  Asks as(String otherId) {
    return new Asks(otherId, consumer, labels, model, provider, facts, estimate);
  }

  Asks by(String name) {
    return new Asks(id, name, labels, model, provider, facts, estimate);
  }

  Asks label(String name, String value) {
    Map<String, String> more = new HashMap<>(labels);
    more.put(name, value);
    return new Asks(id, consumer, more, model, provider, facts, estimate);
  }

  Asks model(String name) {
    return new Asks(id, consumer, labels, name, provider, facts, estimate);
  }

  Asks provider(@Nullable String name) {
    return new Asks(id, consumer, labels, model, name, facts, estimate);
  }

  Asks header(String name, String value) {
    return header(name, FactValue.plain(value));
  }

  Asks header(String name, FactValue value) {
    return with(
        new CallFacts(
            with(facts.headers(), name, value),
            facts.params(),
            facts.cookies(),
            facts.remoteAddress()));
  }

  Asks param(String name, String value) {
    Map<String, FactValue> all = with(facts.params(), name, FactValue.plain(value));
    return with(new CallFacts(facts.headers(), all, facts.cookies(), facts.remoteAddress()));
  }

  Asks cookie(String name, String value) {
    Map<String, FactValue> all = with(facts.cookies(), name, FactValue.plain(value));
    return with(new CallFacts(facts.headers(), facts.params(), all, facts.remoteAddress()));
  }

  Asks from(String address) {
    return with(new CallFacts(facts.headers(), facts.params(), facts.cookies(), address));
  }

  private Asks with(CallFacts other) {
    return new Asks(id, consumer, labels, model, provider, other, estimate);
  }

  Asks estimate(long tokens) {
    return new Asks(id, consumer, labels, model, provider, facts, tokens);
  }

  AdmitRequest on(String route) {
    return on(route, false);
  }

  AdmitRequest on(String route, boolean onlyByProvider) {
    return new AdmitRequest(
        id,
        route,
        consumer,
        labels,
        model,
        provider,
        0,
        facts,
        new Estimate(estimate, 0),
        onlyByProvider);
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
