package io.tollgate.proxy.http;

/** The {@code type} of an error, in the words of the two protocols that clients speak. */
enum ErrorType {
  INVALID_REQUEST("invalid_request_error", "invalid_request_error"),
  AUTHENTICATION("invalid_request_error", "authentication_error"),
  PERMISSION("permission_error", "permission_error"),
  NOT_FOUND("invalid_request_error", "not_found_error"),
  TOO_LARGE("invalid_request_error", "request_too_large"),
  RATE_LIMIT("tokens", "rate_limit_error"),
  QUOTA("insufficient_quota", "billing_error"),
  UNAVAILABLE("server_error", "overloaded_error"),
  TIMEOUT("server_error", "timeout_error"),
  SERVER("server_error", "api_error");

  private final String openAi;
  private final String anthropic;

  ErrorType(String openAi, String anthropic) {
    this.openAi = openAi;
    this.anthropic = anthropic;
  }

  String openAi() {
    return openAi;
  }

  String anthropic() {
    return anthropic;
  }
}
