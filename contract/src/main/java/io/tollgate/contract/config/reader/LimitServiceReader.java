package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.KeyTemplate;
import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.config.RouteAuth;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code llm-token-ratelimit} of a route. */
final class LimitServiceReader {
  private static final String KEYS = "a list of templates such as {{request.headers.user-type}}";
  private static final String URL = "an http:// or https:// address without user and query";
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");
  private static final URI NOWHERE = URI.create("http://localhost");
  private static final int MOST_KEYS = 20;

  private LimitServiceReader() {}

  static @Nullable LimitServiceConfig read(Value value, @Nullable RouteAuth auth) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section block = Section.optional(value)) {
      List<LimitServiceConfig.Match> matches = ServiceMatchReader.readAll(block.value("matches"));
      List<KeyTemplate> keys = keys(block.value("rateLimitKeys"), new KeyTemplateReader(auth));
      Value message = block.value("rejected_msg");
      try (Section service =
          Section.required(
              block.value("rateLimitService"), "a section with url, or host and port")) {
        return new LimitServiceConfig(
            matches,
            keys,
            address(service),
            service
                .value("timeout")
                .duration(Duration.ofMillis(10), Duration.ofSeconds(5), Duration.ofMillis(500)),
            block.value("fallOpen").flag(true),
            block.value("rejected_code").number(400, 599, 429),
            message.isAbsent() ? null : message.text("a text"));
      }
    }
  }

  private static List<KeyTemplate> keys(Value value, KeyTemplateReader reader) {
    List<KeyTemplate> keys = value.list(KEYS).stream().map(reader::read).toList();
    if (value.node().isArray() && (keys.isEmpty() || keys.size() > MOST_KEYS)) {
      value.fault(keys.size() + " templates", "1 to " + MOST_KEYS + " templates");
    }
    return keys;
  }

  private static URI address(Section service) {
    Value url = service.value("url");
    Value host = service.value("host");
    int port = service.value("port").number(1, ListenReader.HIGHEST_PORT, 80);
    if (url.isAbsent() && host.isAbsent()) {
      service.fault("neither url nor host", "url, or host and port");
      return NOWHERE;
    }
    if (!url.isAbsent()) {
      if (!host.isAbsent() || service.has("port")) {
        service.fault("url beside host or port", "url alone, or host and port");
      }
      return parsed(url);
    }
    String name = host.text(HOST, "the name or address of the service");
    return HOST.matcher(name).matches() ? URI.create("http://" + name + ':' + port) : NOWHERE;
  }

  private static URI parsed(Value value) {
    String text = value.text(URL);
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web
          && uri.getHost() != null
          && uri.getPort() <= ListenReader.HIGHEST_PORT
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below, without the text where that may hold a password.
    }
    if (!text.isBlank()) {
      value.fault(text.contains("@") ? "an address with a user" : value.found(), URL);
    }
    return NOWHERE;
  }
}
