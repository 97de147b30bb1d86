package io.tollgate.limiter;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.Selector;
import io.tollgate.contract.explain.IdleRule;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.CallFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why rules of a route do not apply to a request: each item is matched by itself, as it would be
 * among the others. Compiled once for a configuration; immutable.
 */
final class RuleTrace {
  private record Part(LimitBlock whole, @Nullable LimitItem item, RuleBlock alone) {}

  private final Map<String, List<Part>> byRoute;

  RuleTrace(Collection<RouteConfig> routes, KnownKeys keys, Tariff tariff) {
    this.byRoute =
        routes.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    RouteConfig::name,
                    route ->
                        route.limits().stream()
                            .flatMap(block -> parts(block, keys, tariff).stream())
                            .toList()));
  }

  private static List<Part> parts(LimitBlock block, KnownKeys keys, Tariff tariff) {
    List<Part> parts = new ArrayList<>();
    if (block.global() != null) {
      parts.add(part(block, null, keys, tariff));
    }
    block.items().forEach(item -> parts.add(part(block, item, keys, tariff)));
    return parts;
  }

  private static Part part(
      LimitBlock block, @Nullable LimitItem item, KnownKeys keys, Tariff tariff) {
    LimitBlock alone =
        new LimitBlock(
            block.ruleName(),
            block.when(),
            item == null ? block.global() : null,
            item == null ? List.of() : List.of(item),
            block.rejection(),
            block.store(),
            block.fail(),
            false,
            block.admitting(),
            null,
            null,
            List.of());
    return new Part(block, item, new RuleBlock(alone, keys, tariff));
  }

  List<IdleRule> idle(AdmitRequest request) {
    List<IdleRule> idle = new ArrayList<>();
    String decided = null; // a rule_name, of which a route has each once
    for (Part part : byRoute.getOrDefault(request.route(), List.of())) {
      boolean applies = applies(part.alone(), request);
      if (part.whole().ruleName().equals(decided)) {
        idle.add(new IdleRule(nameOf(part), "match is first, and an item above it applies"));
      } else if (!applies) {
        idle.add(new IdleRule(nameOf(part), why(part, request)));
      } else if (part.item() != null && part.whole().firstMatchOnly()) {
        decided = part.whole().ruleName();
      }
    }
    return idle;
  }

  private static boolean applies(RuleBlock block, AdmitRequest request) {
    List<Object> found = new ArrayList<>();
    block.match(request, found::add, found::add);
    return !found.isEmpty();
  }

  private static String nameOf(Part part) {
    LimitItem item = part.item();
    String rule = part.whole().ruleName() + '/';
    if (item == null) {
      return rule + LimitType.GLOBAL_THRESHOLD.label();
    }
    return rule + item.type().label() + (item.keyName().isEmpty() ? "" : ':' + item.keyName());
  }

  private static String why(Part part, AdmitRequest request) {
    if (!includes(part.whole().when(), request)) {
      return "the when of the rule does not hold";
    }
    LimitItem item = part.item();
    if (item == null) {
      return "it has no limit now";
    }
    if (!includes(item.when(), request)) {
      return "the when of the item does not hold";
    }
    return missing(item, request)
        .map(what -> "the request has no " + what)
        .orElse("no entry of limit_keys is for what the request has");
  }

  private static boolean includes(Selector when, AdmitRequest request) {
    return when.includes(request.labels(), request.consumer(), request.model(), request.route());
  }

  /** The first thing that the item goes by and the request lacks. */
  private static Optional<String> missing(LimitItem item, AdmitRequest request) {
    String name = item.keyName();
    return switch (item.type()) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER -> missing("header:" + name, request);
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> missing("param:" + name, request);
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> missing("cookie:" + name, request);
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER -> missing("consumer", request);
      case LIMIT_BY_PER_IP -> missing("ip", request);
      case LIMIT_BY ->
          Arrays.stream(name.split(","))
              .flatMap(dimension -> missing(dimension, request).stream())
              .findFirst();
      case GLOBAL_THRESHOLD -> Optional.empty();
    };
  }

  private static Optional<String> missing(String dimension, AdmitRequest request) {
    int colon = dimension.indexOf(':');
    String kind = colon < 0 ? dimension : dimension.substring(0, colon);
    String name = dimension.substring(colon + 1);
    CallFacts facts = request.facts();
    boolean there =
        switch (kind) {
          case "header" -> facts.headers().containsKey(name);
          case "param" -> facts.params().containsKey(name);
          case "cookie" -> facts.cookies().containsKey(name);
          case "consumer" -> request.consumer() != null;
          case "label" -> request.labels().containsKey(name);
          case "provider" -> request.provider() != null;
          case "model" -> !request.model().isEmpty();
          default -> true;
        };
    if (there) {
      return Optional.empty();
    }
    return Optional.of(colon < 0 ? kind : kind + ' ' + name);
  }
}
