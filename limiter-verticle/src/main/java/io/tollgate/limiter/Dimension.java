package io.tollgate.limiter;

import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.limiter.AdmitRequest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value of a request that a rule goes by.
 *
 * @param name as {@code limit_by} names it, such as {@code header:x-tier}
 */
record Dimension(String name, Reading reading) {
  static final String PROVIDER = "provider";

  private static final String FROM_HEADER = "from-header-";

  /** Where the value is found. */
  @FunctionalInterface
  interface Reading {
    /** Null when the request has none. */
    @Nullable FactValue in(AdmitRequest request);
  }

  /** What a rule item goes by, at least one. */
  static List<Dimension> of(LimitItem item) {
    String name = item.keyName();
    return switch (item.type()) {
      case LIMIT_BY_HEADER, LIMIT_BY_PER_HEADER -> List.of(of("header:" + name));
      case LIMIT_BY_PARAM, LIMIT_BY_PER_PARAM -> List.of(of("param:" + name));
      case LIMIT_BY_COOKIE, LIMIT_BY_PER_COOKIE -> List.of(of("cookie:" + name));
      case LIMIT_BY_CONSUMER, LIMIT_BY_PER_CONSUMER -> List.of(of("consumer"));
      case LIMIT_BY_PER_IP ->
          List.of(
              name.startsWith(FROM_HEADER)
                  ? address(name.substring(FROM_HEADER.length()))
                  : of("ip"));
      case LIMIT_BY -> Arrays.stream(name.split(",")).map(Dimension::of).toList();
      case GLOBAL_THRESHOLD -> throw new IllegalArgumentException("goes by no value");
    };
  }

  /**
   * @throws IllegalArgumentException when there is no such dimension
   */
  static Dimension of(String name) {
    int colon = name.indexOf(':');
    String of = name.substring(colon + 1);
    Reading reading =
        switch (colon < 0 ? name : name.substring(0, colon)) {
          case "consumer" -> request -> plain(request.consumer());
          case "model" -> request -> nonEmpty(plain(request.model()));
          case "route" -> request -> plain(request.route());
          case PROVIDER -> request -> plain(request.provider());
          case "ip" -> request -> endpoint(request.facts().remoteAddress());
          case "label" -> request -> plain(request.labels().get(of));
          case "header" -> request -> request.facts().headers().get(of);
          case "param" -> request -> request.facts().params().get(of);
          case "cookie" -> request -> nonEmpty(request.facts().cookies().get(of));
          default -> throw new IllegalArgumentException("nothing goes by '" + name + "'");
        };
    return new Dimension(name, reading);
  }

  /** The first address of a header such as {@code x-forwarded-for}. */
  private static Dimension address(String header) {
    return new Dimension(
        "header:" + header,
        request -> {
          FactValue value = request.facts().headers().get(header);
          return value == null ? null : endpoint(value.text().split(",", 2)[0].strip());
        });
  }

  @Nullable FactValue valueIn(AdmitRequest request) {
    return reading.in(request);
  }

  /** For people: {@code header x-tier}. */
  String shown() {
    return name.replace(':', ' ');
  }

  private static @Nullable FactValue plain(@Nullable String text) {
    return text == null ? null : FactValue.plain(text);
  }

  private static @Nullable FactValue nonEmpty(@Nullable FactValue value) {
    return value == null || value.text().isEmpty() ? null : value;
  }

  private static @Nullable FactValue endpoint(String text) {
    return IpAddress.parseEndpoint(text)
        .map(address -> FactValue.plain(address.text()))
        .orElse(null);
  }
}
