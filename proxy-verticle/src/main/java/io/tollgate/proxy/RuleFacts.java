package io.tollgate.proxy;

import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.RouteAuth;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.limiter.CallFacts;
import io.tollgate.proxy.http.Credentials;
import io.tollgate.proxy.http.IdentityHeaders;
import io.tollgate.proxy.http.Query;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one route's limits look at in a request: nothing else is told to the limiter, and what
 * carries a key only as its hash.
 */
final class RuleFacts {
  private static final String FROM_HEADER = "from-header-";

  /**
   * What is seen of a request.
   *
   * @param headers free of identity headers
   */
  record Sight(
      MultiMap headers,
      Query query,
      @Nullable String consumer,
      @Nullable String model,
      String remoteAddress) {}

  private final Set<String> headers = new HashSet<>();
  private final Set<String> params = new HashSet<>();
  private final Set<String> cookies = new HashSet<>();
  private final Set<String> secretHeaders = new HashSet<>(Credentials.HEADERS);
  private final Set<String> secretParams = new HashSet<>();
  private boolean goByProvider;

  /** For each of a configuration's routes, by name. */
  static Map<String, RuleFacts> ofEach(TollgateConfig config) {
    return config.routes().stream()
        .collect(Collectors.toUnmodifiableMap(RouteConfig::name, RuleFacts::new));
  }

  RuleFacts(RouteConfig route) {
    for (LimitBlock block : route.limits()) {
      block.items().forEach(this::lookAt);
    }
    RouteAuth auth = route.auth();
    if (auth != null) {
      secretHeaders.addAll(auth.inHeader());
      secretParams.addAll(auth.inQuery());
    }
  }

  private void lookAt(LimitItem item) {
    switch (item.type()) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER ->
          headers.add(item.keyName().toLowerCase(Locale.ROOT));
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> params.add(item.keyName());
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> cookies.add(item.keyName());
      case LIMIT_BY_PER_IP -> {
        if (item.keyName().startsWith(FROM_HEADER)) {
          headers.add(item.keyName().substring(FROM_HEADER.length()).toLowerCase(Locale.ROOT));
        }
      }
      case LIMIT_BY -> Arrays.stream(item.keyName().split(",")).forEach(this::lookAt);
      case GLOBAL_THRESHOLD, LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER -> {}
    }
  }

  /** What the limiter does not get in any case. */
  private void lookAt(String dimension) {
    String name = dimension.substring(dimension.indexOf(':') + 1);
    if (dimension.startsWith("header:")) {
      headers.add(name);
    } else if (dimension.startsWith("param:")) {
      params.add(name);
    } else if (dimension.startsWith("cookie:")) {
      cookies.add(name);
    } else if (dimension.equals("provider")) {
      goByProvider = true;
    }
  }

  /** Whether a limit is for the tokens of one provider only. */
  boolean goByProvider() {
    return goByProvider;
  }

  CallFacts of(IdentifiedCall call) {
    return of(
        new Sight(
            call.inbound().request().headers(),
            call.inbound().query(),
            call.consumer(),
            call.routed().model(),
            RemoteAddress.of(call)));
  }

  CallFacts of(Sight call) {
    return new CallFacts(headers(call), params(call), cookies(call), call.remoteAddress());
  }

  private Map<String, FactValue> headers(Sight call) {
    if (headers.isEmpty()) {
      return Map.of();
    }
    Map<String, FactValue> facts = new HashMap<>();
    for (String name : headers) {
      FactValue value = header(call, name);
      if (value != null) {
        facts.put(name, value);
      }
    }
    return facts;
  }

  private @Nullable FactValue header(Sight call, String name) {
    if (name.equals(IdentityHeaders.CONSUMER)) {
      return call.consumer() == null ? null : FactValue.plain(call.consumer());
    }
    if (name.equals(IdentityHeaders.MODEL)) {
      return call.model() == null ? null : FactValue.plain(call.model());
    }
    String value = call.headers().get(name);
    if (value == null || !secretHeaders.contains(name)) {
      return value == null ? null : FactValue.plain(value);
    }
    String key = Credentials.key(name, value);
    return FactValue.hashOf(key == null ? value : key);
  }

  private Map<String, FactValue> params(Sight call) {
    if (params.isEmpty()) {
      return Map.of();
    }
    Map<String, FactValue> facts = new HashMap<>();
    for (String name : params) {
      String value = call.query().first(name);
      if (value != null) {
        facts.put(
            name, secretParams.contains(name) ? FactValue.hashOf(value) : FactValue.plain(value));
      }
    }
    return facts;
  }

  private Map<String, FactValue> cookies(Sight call) {
    if (cookies.isEmpty()) {
      return Map.of();
    }
    Map<String, FactValue> facts = new HashMap<>();
    for (String line : call.headers().getAll("cookie")) {
      for (String pair : line.split(";")) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? "" : pair.substring(0, equals).strip();
        if (cookies.contains(name)) {
          facts.putIfAbsent(name, FactValue.plain(pair.substring(equals + 1).strip()));
        }
      }
    }
    return facts;
  }
}
