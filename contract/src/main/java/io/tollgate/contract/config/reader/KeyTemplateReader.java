package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.KeyTemplate;
import io.tollgate.contract.config.KeyTemplate.Part;
import io.tollgate.contract.config.KeyTemplate.Source;
import io.tollgate.contract.config.RouteAuth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Entries of {@code rateLimitKeys}. What carries a key of a client may not be in one. */
final class KeyTemplateReader {
  private static final String ALLOWED =
      "text with {{request.headers.NAME}}, {{request.path}}, {{request.host}},"
          + " {{request.query.NAME}}, {{consumer}}, {{route}} or {{source.address}} in it";
  private static final Pattern EXPRESSION = Pattern.compile("\\{\\{(.*?)}}");
  private static final String HEADER = "request.headers.";
  private static final String QUERY = "request.query.";
  private static final int LONGEST_TEXT = 200;

  private final Set<String> secretHeaders =
      new HashSet<>(
          Set.of("authorization", "x-api-key", "api-key", "proxy-authorization", "cookie"));
  private final Set<String> secretParameters = new HashSet<>();

  /**
   * @param auth of the route
   */
  KeyTemplateReader(@Nullable RouteAuth auth) {
    if (auth != null) {
      secretHeaders.addAll(auth.inHeader());
      secretParameters.addAll(auth.inQuery());
    }
  }

  KeyTemplate read(Value value) {
    String text = value.text(ALLOWED);
    List<Part> parts = new ArrayList<>();
    Matcher found = EXPRESSION.matcher(text);
    int end = 0;
    while (found.find()) {
      addText(parts, text.substring(end, found.start()), value);
      parts.add(fact(found.group(1).strip(), value));
      end = found.end();
    }
    addText(parts, text.substring(end), value);
    return new KeyTemplate(parts);
  }

  private static void addText(List<Part> parts, String text, Value value) {
    if (text.contains("{{") || text.contains("}}") || text.length() > LONGEST_TEXT) {
      value.fault(ALLOWED);
    }
    if (!text.isEmpty()) {
      parts.add(new Part.Text(text));
    }
  }

  private Part fact(String expression, Value value) {
    if (expression.startsWith(HEADER)) {
      return header(expression.substring(HEADER.length()).toLowerCase(Locale.ROOT), value);
    }
    if (expression.startsWith(QUERY) && expression.length() > QUERY.length()) {
      String name = expression.substring(QUERY.length());
      if (secretParameters.contains(name)) {
        secret("the parameter " + name, value);
      }
      return new Part.Fact(Source.QUERY, name);
    }
    return new Part.Fact(
        switch (expression) {
          case "request.path" -> Source.PATH;
          case "request.host" -> Source.HOST;
          case "consumer" -> Source.CONSUMER;
          case "route" -> Source.ROUTE;
          case "source.address" -> Source.ADDRESS;
          default -> {
            value.fault("{{" + expression + "}}", ALLOWED);
            yield Source.ROUTE;
          }
        },
        "");
  }

  private Part header(String name, Value value) {
    if (!RouteAuthReader.TOKEN.matcher(name).matches()) {
      value.fault("the header name " + Value.quote(name), "the name of a header");
    } else if (secretHeaders.contains(name)) {
      secret("the header " + name, value);
    } else if (name.startsWith("x-higress-") || name.equals("x-mse-consumer")) {
      value.fault(
          "the header " + name + ", which is taken out of what clients send", "{{consumer}}");
    }
    return new Part.Fact(Source.HEADER, name);
  }

  private static void secret(String what, Value value) {
    value.fault(what + ", which carries keys", "{{consumer}}, who the key belongs to");
  }
}
