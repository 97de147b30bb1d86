package io.tollgate.proxy.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal as the client is told it: the one place where refusals become codes and words.
 *
 * @param code stable, for programs
 * @param message for people
 * @param headers beside the body
 * @param facts further fields of the body's {@code error}: strings and numbers
 * @param verbatim the whole body, where the configuration gives it; null for the standard one
 */
public record ErrorAnswer(
    int status,
    String code,
    ErrorType type,
    String message,
    Map<String, String> headers,
    Map<String, Object> facts,
    @Nullable String verbatim) {

  /** Nginx's word for a client that left; only logs and metrics see it. */
  private static final int CLIENT_CLOSED_REQUEST = 499;

  private static final long AUTH_RETRY_MILLIS = 1000;
  private static final long JOURNAL_RETRY_MILLIS = 5000;

  private static final Map<String, String> CHALLENGE =
      Map.of("www-authenticate", "Key realm=Tollgate");

  public static ErrorAnswer of(Refusal refusal) {
    return switch (refusal) {
      case Refusal.NoKey noKey ->
          plain(
              401,
              "invalid_api_key",
              ErrorType.AUTHENTICATION,
              "No API key was found in the request.",
              CHALLENGE);
      case Refusal.UnknownKey unknownKey ->
          plain(
              401,
              "invalid_api_key",
              ErrorType.AUTHENTICATION,
              "The API key is not known.",
              CHALLENGE);
      case Refusal.ConsumerNotAllowed refused ->
          plain(
              403,
              "consumer_not_allowed",
              ErrorType.PERMISSION,
              "Consumer " + refused.consumer() + " may not use this route.",
              Map.of());
      case Refusal.RouteNotFound notFound ->
          plain(
              404,
              "route_not_found",
              ErrorType.NOT_FOUND,
              "No route takes this path, host and headers.",
              Map.of());
      case Refusal.ModelNotFound notFound ->
          plain(
              404,
              "model_not_found",
              ErrorType.NOT_FOUND,
              modelNotFound(notFound.model()),
              Map.of());
      case Refusal.RateLimited limited -> LimitAnswer.of(limited.limit());
      case Refusal.TooManyTexts many -> LimitAnswer.of(many);
      case Refusal.DeniedByService denied -> LimitAnswer.of(denied);
      case Refusal.QuotaExhausted quota -> QuotaAnswer.of(quota.quota());
      case Refusal.Malformed malformed ->
          plain(
              400,
              "invalid_request_error",
              ErrorType.INVALID_REQUEST,
              malformed.message(),
              Map.of());
      case Refusal.BodyTooLarge tooLarge ->
          plain(
              413,
              "request_too_large",
              ErrorType.TOO_LARGE,
              "The request's body is larger than " + tooLarge.maxBytes() + " bytes.",
              Map.of());
      case Refusal.BodyTooSlow tooSlow ->
          plain(
              408,
              "request_timeout",
              ErrorType.INVALID_REQUEST,
              "The request's body did not arrive within "
                  + tooSlow.limit().toSeconds()
                  + " seconds.",
              Map.of("connection", "close"));
      case Refusal.AuthUnavailable unavailable ->
          unavailable(
              "auth_unavailable", "The key can't be checked at the moment.", AUTH_RETRY_MILLIS);
      case Refusal.LimiterUnavailable limiter ->
          unavailable(
              "limiter_unavailable",
              "The rate limit " + limiter.rule() + " can't be checked at the moment.",
              limiter.retryAfterMillis());
      case Refusal.QuotaUnavailable unavailable ->
          unavailable(
              "quota_unavailable",
              "The quota can't be checked at the moment.",
              unavailable.retryAfterMillis());
      case Refusal.JournalFull full ->
          unavailable(
              "journal_full",
              "Usage can't be recorded at the moment, so no tokens are spent.",
              JOURNAL_RETRY_MILLIS);
      case Refusal.UpstreamUnreachable unreachable ->
          upstream(
              502,
              "upstream_unreachable",
              ErrorType.SERVER,
              unreachable.provider(),
              "can't be reached.");
      case Refusal.UpstreamTimedOut timedOut ->
          upstream(
              504,
              "upstream_timeout",
              ErrorType.TIMEOUT,
              timedOut.provider(),
              "did not answer within " + timedOut.limit().toMillis() + " ms.");
      case Refusal.UpstreamBroken broken ->
          upstream(
              502, "upstream_broken", ErrorType.SERVER, broken.provider(), "broke off its answer.");
      case Refusal.ClientGone gone ->
          plain(
              CLIENT_CLOSED_REQUEST,
              "client_gone",
              ErrorType.INVALID_REQUEST,
              "The client left.",
              Map.of());
      case Refusal.GatewayFault fault ->
          plain(500, "internal_error", ErrorType.SERVER, "The gateway failed.", Map.of());
    };
  }

  private static String modelNotFound(@Nullable String model) {
    return model == null
        ? "The request names no model, and no route takes it without one."
        : "The model `" + model + "` does not exist on any route that takes this path.";
  }

  private static ErrorAnswer unavailable(String code, String message, long retryAfterMillis) {
    return plain(
        503,
        code,
        ErrorType.UNAVAILABLE,
        message,
        Map.of("retry-after", Long.toString(Math.max(1, RateHeaders.seconds(retryAfterMillis)))));
  }

  private static ErrorAnswer upstream(
      int status, String code, ErrorType type, String provider, String what) {
    return new ErrorAnswer(
        status,
        code,
        type,
        "The provider " + provider + " " + what,
        Map.of(),
        Map.of("provider", provider),
        null);
  }

  private static ErrorAnswer plain(
      int status, String code, ErrorType type, String message, Map<String, String> headers) {
    return new ErrorAnswer(status, code, type, message, headers, Map.of(), null);
  }
}
