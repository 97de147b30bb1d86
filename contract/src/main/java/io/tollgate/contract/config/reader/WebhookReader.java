package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Webhook;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code alerts} of the file: where alerts are posted to. */
final class WebhookReader {
  private static final String ADDRESS = "an http:// or https:// address without user and fragment";
  private static final URI NOWHERE = URI.create("http://localhost");
  private static final int USUAL_ATTEMPTS = 5;
  private static final int MOST_ATTEMPTS = 20;

  private WebhookReader() {}

  /**
   * @return null when they are posted nowhere
   */
  static @Nullable Webhook read(Value value) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section alerts = Section.required(value, "a section with webhook")) {
      Value hook = alerts.value("webhook");
      return hook.isAbsent() ? null : webhook(hook);
    }
  }

  private static Webhook webhook(Value value) {
    try (Section hook = Section.required(value, "a section with url and secret")) {
      Value secret = hook.value("secret");
      if (secret.isAbsent() && hook.has("url")) {
        hook.warn("there is no secret, so that nobody can tell an alert from a forged one");
      }
      return new Webhook(
          address(hook.value("url")),
          secret.isAbsent() ? null : secret.secret("a text that signs the alerts"),
          hook.value("timeout")
              .duration(Duration.ofMillis(1), Duration.ofMinutes(1), Duration.ofSeconds(5)),
          hook.value("attempts").number(1, MOST_ATTEMPTS, USUAL_ATTEMPTS));
    }
  }

  /** Never printed: with many services whoever knows the address may post to it. */
  private static URI address(Value value) {
    String text = value.secret(ADDRESS);
    if (text.isBlank()) {
      return NOWHERE;
    }
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web
          && uri.getHost() != null
          && uri.getPort() <= ListenReader.HIGHEST_PORT
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // What is said of any other text is said of this one below, without quoting it.
    }
    value.fault("an address of " + text.length() + " characters that can't be used", ADDRESS);
    return NOWHERE;
  }
}
