package io.tollgate.proxy.http;

import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.quota.Reservation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a request gets no answer from a model. {@link ErrorAnswer} tells the client. */
public sealed interface Refusal {
  /** The request carries no key. */
  record NoKey() implements Refusal {}

  /** Nobody has the request's key. */
  record UnknownKey() implements Refusal {}

  /** The consumer is not on the route's allow list. */
  record ConsumerNotAllowed(String consumer) implements Refusal {}

  /** No route takes the path, host and headers. */
  record RouteNotFound() implements Refusal {}

  /**
   * Routes take the path, none the model.
   *
   * @param model null when the request names none
   */
  record ModelNotFound(@Nullable String model) implements Refusal {}

  /** A rate limit is spent. */
  record RateLimited(Admission.Throttled limit) implements Refusal {}

  /**
   * A rate limit has something left, but less than a token for each of the texts that the model is
   * to write.
   *
   * @param left output tokens
   */
  record TooManyTexts(int texts, long left, long resetMillis) implements Refusal {}

  /**
   * The route's limiting service does not let the request pass.
   *
   * @param description in the service's words
   * @param verbatim the whole body, where the configuration gives it; null for the standard one
   */
  record DeniedByService(String description, int status, @Nullable String verbatim)
      implements Refusal {}

  /** The consumer's balance is spent. */
  record QuotaExhausted(Reservation.Exhausted quota) implements Refusal {}

  /**
   * The request can't be read.
   *
   * @param message says what is wrong; quotes nothing from the body
   */
  record Malformed(String message) implements Refusal {}

  /** The body is larger than the configuration allows. */
  record BodyTooLarge(long maxBytes) implements Refusal {}

  /** The body did not arrive in time. */
  record BodyTooSlow(Duration limit) implements Refusal {}

  /** Nobody can tell who is calling. */
  record AuthUnavailable() implements Refusal {}

  /** The limit's counters can't be reached and it fails closed. */
  record LimiterUnavailable(String rule, long retryAfterMillis) implements Refusal {}

  /** The balance can't be reached and the quota fails closed. */
  record QuotaUnavailable(long retryAfterMillis) implements Refusal {}

  /** There is no room to write down what it would use. */
  record JournalFull() implements Refusal {}

  /** No connection to the provider could be made. */
  record UpstreamUnreachable(String provider) implements Refusal {}

  /** The provider did not begin to answer in time. */
  record UpstreamTimedOut(String provider, Duration limit) implements Refusal {}

  /** The provider closed the connection instead of answering. */
  record UpstreamBroken(String provider) implements Refusal {}

  /** The client left before there was an answer; nobody is told. */
  record ClientGone() implements Refusal {}

  /** A fault of our own, which the log describes. */
  record GatewayFault() implements Refusal {}
}
